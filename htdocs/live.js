/*
 * live.js - follow a stream of events (doc/live.md) from a page.
 *
 *	const stop = pawlLive(url, {
 *		onEvent(e) { ... e.type, e.id, e.data ... },
 *		onState(state) { ... },
 *	});
 *
 * A stream tells of what happens from now on, or behind the event with the id
 * `from`. So a page looks at everything once whenever the state becomes "open",
 * and at what an event names after that. States:
 *
 *	open      connected
 *	waiting   the connection broke: tried again after 1, 2, 4, 8, 16, 30 s
 *	polling   there is no stream here: onEvent({ type: "poll" }) every few
 *	          seconds instead, and the stream is tried again now and then
 *	hidden    nobody sees the page: the connection is given back, for a
 *	          browser has six of them to a server
 *	over      what was followed has ended, or may not be seen: no more comes
 *
 * After a break the stream goes on behind the last event that came. EventSource
 * would do most of this; but it does not show the signs of life that tell a
 * silent connection from a dead one, nor why the server refused.
 *
 * SPDX-License-Identifier: ISC
 */
"use strict";
window.pawlLive = (url, { onEvent, onState = () => {},
    from = "latest" }) => {
	const WAITS_S = [1, 2, 4, 8, 16, 30];
	const SILENCE_MS = 45000;  /* a sign of life comes every 30 s */
	const POLL_MS = 5000;
	const TRIES = 2;           /* before it counts as not there */

	let last = from;           /* id */
	let state = "", failed = 0, ever = false;
	let timer = 0, poll = 0, running = null, over = false;

	function tell(next) {
		if (state !== next)
			onState(state = next);
	}

	/* One field a line, an event up to an empty line. */
	function reader() {
		let rest = "", e = { type: "message", text: [] };
		function line(text) {
			const at = text.indexOf(":");
			const name = at < 0 ? text : text.slice(0, at);
			const value = at < 0 ? "" :
			    text.slice(at + 1).replace(/^ /, "");
			if (name === "id")
				last = e.id = value;
			else if (name === "event")
				e.type = value;
			else if (name === "data")
				e.text.push(value);
			else if (text === "")
				give();
		}
		function give() {
			const { type, id, text } = e;
			e = { type: "message", text: [] };
			if (text.length === 0)
				return;
			over = over || type === "end";
			onEvent({ type, id, data: JSON.parse(text.join("\n")) });
		}
		return (text) => {
			const lines = (rest + text).split(/\r\n|\n|\r/);
			rest = lines.pop();
			lines.forEach(line);
		};
	}

	async function follow(control) {
		let silent = setTimeout(() => control.abort(), SILENCE_MS);
		try {
			const answer = await fetch(url, {
				cache: "no-store",
				headers: { "Last-Event-ID": last },
				signal: control.signal,
			});
			const type = answer.headers.get("Content-Type") || "";
			if (!answer.ok || !type.startsWith("text/event-stream")) {
				control.abort();
				over = ever && [401, 403, 404].includes(answer.status);
				return;
			}
			failed = 0;
			ever = true;
			clearInterval(poll);
			tell("open");
			const body = answer.body.getReader();
			const decoder = new TextDecoder(), read = reader();
			for (;;) {
				const { done, value } = await body.read();
				if (done || over)
					return;
				clearTimeout(silent);
				silent = setTimeout(() => control.abort(),
				    SILENCE_MS);
				read(decoder.decode(value, { stream: true }));
			}
		} finally {
			clearTimeout(silent);
			control.abort();
		}
	}

	function again() {
		const wait = WAITS_S[Math.min(failed, WAITS_S.length - 1)];
		failed++;
		if (failed > TRIES && !ever && state !== "polling") {
			tell("polling");
			poll = setInterval(() => onEvent({ type: "poll" }), POLL_MS);
		} else if (state !== "polling") {
			tell("waiting");
		}
		/* Not all pages at the same moment. */
		timer = setTimeout(start, wait * 1000 * (1 + Math.random() / 5));
	}

	function start() {
		const control = new AbortController();
		running = control;
		follow(control).catch((error) => {
			if (error.name !== "AbortError" && !(error instanceof TypeError))
				console.error(error);
		}).then(() => {
			if (running !== control)
				return;
			running = null;
			if (over)
				end();
			else
				again();
		});
	}

	function pause() {
		const control = running;
		running = null;
		clearTimeout(timer);
		clearInterval(poll);
		if (control)
			control.abort();
	}

	function end() {
		over = true;
		pause();
		document.removeEventListener("visibilitychange", look);
		removeEventListener("pagehide", hide);
		removeEventListener("pageshow", look);
		tell("over");
	}

	function hide() {
		pause();
		tell("hidden");
	}

	function look() {
		if (document.hidden) {
			hide();
		} else if (!running) {
			pause();
			failed = 0;
			start();
		}
	}

	document.addEventListener("visibilitychange", look);
	addEventListener("pagehide", hide);
	addEventListener("pageshow", look);
	look();
	return end;
};
