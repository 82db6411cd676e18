/*
 * pawl.js - what a page cannot do by itself: show what has changed, go by
 * keys, switch between light and dark, and follow a growing log. Without it
 * the pages load themselves again and the log is a plain link.
 *
 * Parts of a page with data-live are exchanged for those of the same page asked
 * again: when a stream tells of something (live.js, data-events), or every few
 * seconds while something is under way.
 *
 * The log is asked of the web server as byte ranges of the plain file, from
 * the last byte that is here already, so that an answer is never "nothing"
 * (416). Text is only ever added as text, never as markup.
 *
 * SPDX-License-Identifier: ISC
 */
"use strict";
(() => {
	const PAGE_MS = 2000;         /* between looks at states */
	const LOG_MS = 500;           /* between looks at a log */
	const HIDDEN_MS = 10000;      /* either, while nobody sees the page */
	const BACKOFF_MAX_MS = 30000;
	const CHUNK = 262144;         /* bytes asked for at once */
	const SKIP = 4 * CHUNK;       /* further behind: jump to the end */
	const KEEP = 2000000;         /* characters kept in the page */

	const $ = (id) => document.getElementById(id);
	const all = (what, where = document) =>
	    [...where.querySelectorAll(what)];
	const sleep = (ms) => new Promise((done) => {
		const timer = setTimeout(finish, document.hidden ? HIDDEN_MS : ms);
		function finish() {
			clearTimeout(timer);
			document.removeEventListener("visibilitychange", seen);
			done();
		}
		function seen() {
			if (!document.hidden)
				finish();
		}
		document.addEventListener("visibilitychange", seen);
	});

	const say = (text) => {
		const link = $("link");
		if (link && link.textContent !== text)
			link.textContent = text;
	};

	/* Run `step` for ever, until it returns true; wait longer after
	 * failures and say so. */
	async function repeat(ms, step) {
		let failures = 0;
		for (;;) {
			try {
				if (await step())
					return;
				failures = 0;
				say("");
			} catch (e) {
				failures++;
			}
			let wait = ms;
			if (failures > 0) {
				wait = Math.min(ms * 2 ** failures, BACKOFF_MAX_MS);
				say("No answer, trying again in " +
				    Math.ceil(wait / 1000) + " s");
			}
			await sleep(wait);
		}
	}

	/* What a browser keeps for this site; one that keeps nothing forgets. */
	function recall(name) {
		try {
			return localStorage.getItem(name) || "";
		} catch {
			return "";
		}
	}
	function keep(name, value) {
		try {
			localStorage.setItem(name, value);
		} catch {
			/* for this page alone, then */
		}
	}

	/* --- light, dark, or as the system has it ----------------------------- */

	const themes = { "": "Theme: as the system", light: "Theme: light",
		dark: "Theme: dark" };
	const themeButton = $("theme");

	function showTheme(theme) {
		if (theme)
			document.documentElement.dataset.theme = theme;
		else
			delete document.documentElement.dataset.theme;
		themeButton.title = themes[theme];
		themeButton.setAttribute("aria-label", themes[theme]);
	}

	function nextTheme() {
		const order = Object.keys(themes);
		const now = document.documentElement.dataset.theme || "";
		const theme = order[(order.indexOf(now) + 1) % order.length];
		keep("pawl-theme", theme);
		showTheme(theme);
	}

	if (themeButton) {
		showTheme(document.documentElement.dataset.theme || "");
		themeButton.addEventListener("click", nextTheme);
		themeButton.hidden = false;
	}

	/* --- menus close when something else is chosen --------------------------- */

	document.addEventListener("click", (e) => {
		for (const m of all("details.menu[open]")) {
			if (m !== e.target.closest("details.menu"))
				m.open = false;
		}
	});
	document.addEventListener("keydown", (e) => {
		const menu = e.key === "Escape" &&
		    document.activeElement.closest("details.menu[open]");
		if (menu) {
			menu.open = false;
			menu.querySelector("summary").focus();
		}
	});

	/* --- times ------------------------------------------------------------------ */

	/* As page_time() and page_duration() write them. */
	function ago(ms) {
		const min = Math.floor(ms / 60000), h = Math.floor(min / 60);
		return min < 1 ? "just now" : min < 60 ? min + " min ago" :
		    h < 24 ? h + " h ago" :
		    h < 720 ? Math.floor(h / 24) + " d ago" : "";
	}
	function took(s) {
		const min = Math.floor(s / 60), h = Math.floor(min / 60);
		return min < 1 ? s + " s" : h < 1 ? min + " min " + s % 60 + " s" :
		    h + " h " + min % 60 + " min";
	}

	/* How long something took up to now is counted from when it was shown:
	 * this clock and that of the server need not agree. */
	const begun = new WeakMap();
	function tick() {
		for (const e of all(".duration[data-s]")) {
			if (!begun.has(e))
				begun.set(e, performance.now() - e.dataset.s * 1000);
			e.textContent = took(Math.floor(
			    (performance.now() - begun.get(e)) / 1000));
		}
	}
	function tickTimes() {
		for (const e of all("time[datetime]")) {
			const text = ago(Date.now() - Date.parse(e.dateTime));
			if (text && !e.classList.contains("exact"))
				e.textContent = text;
		}
	}
	setInterval(() => document.hidden || tick(), 1000);
	setInterval(() => document.hidden || tickTimes(), 20000);

	/* --- what changes: the page itself is the answer --------------------------- */

	const lives = all("[data-live]");
	const live = lives[0];

	/* What was opened or closed by hand stays so, and so does the focus. */
	function exchange(now, fresh) {
		const open = new Map();
		for (const d of all("details[id]", now))
			open.set(d.id, d.open);
		for (const d of all("details[id]", fresh)) {
			if (open.has(d.id))
				d.open = open.get(d.id);
		}
		if (now.innerHTML !== fresh.innerHTML) {
			const scrolled = all(".wide[id]", now).map(
			    (e) => [e.id, e.scrollLeft]);
			const focus = document.activeElement;
			const at = now.contains(focus) ?
			    all("a, summary, button", now).indexOf(focus) : -1;
			now.replaceChildren(...fresh.childNodes);
			if (at >= 0)
				all("a, summary, button", now)[at]?.focus();
			for (const [id, left] of scrolled) {
				if ($(id))
					$(id).scrollLeft = left;
			}
			now.dispatchEvent(new CustomEvent("pawl-exchanged",
			    { bubbles: true }));
		}
		if (fresh.dataset.live)
			now.dataset.live = fresh.dataset.live;
	}

	/* Somebody fills in a form in it: that must not be lost. */
	const isFilledIn = (e) => all("input:not([type=hidden]), textarea, select",
	    e).some((f) => f === document.activeElement ||
	    (f.defaultValue !== undefined && f.value !== f.defaultValue));

	/* The icon of the tab, and what waits. */
	function showFrame(doc) {
		const icon = $("icon"), nav = $("nav");
		const newIcon = doc.getElementById("icon");
		const newNav = doc.getElementById("nav");
		if (doc.title !== document.title)
			document.title = doc.title;
		if (icon && newIcon && icon.href !== newIcon.href)
			icon.href = newIcon.href;
		if (nav && newNav)
			exchange(nav, newNav);
	}

	async function lookAtPage() {
		const answer = await fetch(location.href, { cache: "no-cache" });
		if (!answer.ok)
			throw new Error(answer.status);
		const doc = new DOMParser().parseFromString(
		    await answer.text(), "text/html");
		for (const now of lives) {
			const fresh = doc.getElementById(now.id);
			if (!fresh)
				throw new Error("another page");
			if ((fresh.dataset.log || "") !== (now.dataset.log || "")) {
				location.reload(); /* the log began, or anew */
				return true;
			}
			if (!isFilledIn(now))
				exchange(now, document.adoptNode(fresh));
		}
		showFrame(doc);
		return lives.every((e) => e.dataset.live !== "yes");
	}

	/* Many events are one reason to look. */
	function followEvents(url) {
		let wanted = false, looking = false;

		async function look() {
			wanted = true;
			if (looking)
				return;
			looking = true;
			while (wanted && !document.hidden) {
				wanted = false;
				await lookAtPage().catch(() => {});
				await sleep(PAGE_MS);
			}
			looking = false;
		}
		window.pawlLive(url, {
			onEvent: look,
			onState(state) {
				say(state === "waiting" ?
				    "Connection lost, trying again" : "");
				if (state === "open")
					look();
			},
		});
	}

	if (live && live.dataset.events && window.pawlLive)
		followEvents(live.dataset.events);
	else if (lives.some((e) => e.dataset.live === "yes"))
		repeat(PAGE_MS, lookAtPage);

	/* --- keys ------------------------------------------------------------------- */

	const base = document.querySelector("a.brand")?.getAttribute("href") || "/";
	const go = (to) => () => location.assign(base + to);

	/* What can be gone through one by one. */
	const titles = () => all("main .list .title a, main .grid tbody strong a")
	    .filter((e) => e.offsetParent !== null);
	function step(by) {
		const list = titles();
		const at = list.indexOf(document.activeElement);
		const next = at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by;
		list[next]?.focus();
	}
	function search() {
		const field = document.querySelector("main input[type=search]");
		if (field)
			field.focus();
		else
			go("search")();
	}

	/* Keys to what they do; scripts of one page add theirs. */
	const keys = new Map([
		["?", ["These keys", () => showKeys()]],
		["/", ["Search", search]],
		["j", ["Next of the list", () => step(1)]],
		["k", ["The one before", () => step(-1)]],
		["g h", ["Home", go("")]],
		["g r", ["Runs", go("runs")]],
		["g q", ["Queue", go("queue")]],
		["g a", ["Approvals", go("approvals")]],
		["g i", ["Inbox", go("inbox")]],
		["g m", ["Insights", go("insights")]],
	]);
	window.pawlKeys = { add: (key, what, fn) => keys.set(key, [what, fn]) };

	const make = (tag, text) => {
		const e = document.createElement(tag);
		if (text)
			e.textContent = text;
		return e;
	};

	/* WCAG 2.1.4: whoever speaks to the browser can switch them off. */
	const keysOff = () => recall("pawl-keys") === "off";

	function keySwitch() {
		const label = make("label"), box = make("input");
		label.className = "check";
		box.type = "checkbox";
		box.checked = !keysOff();
		box.addEventListener("change", () =>
		    keep("pawl-keys", box.checked ? "" : "off"));
		label.append(box, " Keys do this");
		return label;
	}

	function showKeys() {
		const dialog = make("dialog"), list = make("dl");
		const close = make("button", "Close");
		dialog.className = "keys";
		dialog.setAttribute("aria-label", "Keys");
		for (const [key, [what]] of keys) {
			const row = make("div"), dt = make("dt");
			dt.append(...key.split(" ").map((k) => make("kbd", k)));
			row.append(dt, make("dd", what));
			list.append(row);
		}
		close.className = "button";
		close.addEventListener("click", () => dialog.close());
		dialog.addEventListener("close", () => dialog.remove());
		dialog.append(make("h2", "Keys"), list, keySwitch(), close);
		document.body.append(dialog);
		dialog.showModal();
	}

	let first = "";
	document.addEventListener("keydown", (e) => {
		if (keysOff() || e.ctrlKey || e.metaKey || e.altKey ||
		    e.defaultPrevented || document.querySelector("dialog[open]") ||
		    e.target.closest("input, select, textarea, [contenteditable]"))
			return;
		const key = first ? first + " " + e.key : e.key;
		first = "";
		if (keys.has(key)) {
			e.preventDefault();
			keys.get(key)[1]();
		} else if ([...keys.keys()].some((k) => k.startsWith(key + " "))) {
			first = key;
			setTimeout(() => { first = ""; }, 1500);
		}
	});
	if ($("keys")) {
		$("keys").hidden = false;
		$("keys").addEventListener("click", showKeys);
	}

	/* --- copying ------------------------------------------------------------------ */

	for (const text of navigator.clipboard ? all(".copy pre") : []) {
		const button = make("button", "Copy");
		button.className = "button";
		button.addEventListener("click", async () => {
			await navigator.clipboard.writeText(text.textContent);
			button.textContent = "Copied";
		});
		text.after(button);
	}

	/* The log. */

	const log = $("log");
	if (!log)
		return;

	const follow = $("follow"), wrap = $("wrap");
	const atEnd = () =>
	    log.scrollHeight - log.scrollTop - log.clientHeight < 24;
	const goToEnd = () => { log.scrollTop = log.scrollHeight; };
	let following = true;

	function setFollowing(on) {
		following = on;
		follow.setAttribute("aria-pressed", String(on));
	}

	log.addEventListener("scroll", () => {
		if (following !== atEnd())
			setFollowing(atEnd());
	}, { passive: true });
	follow.addEventListener("click", () => {
		setFollowing(!following);
		if (following)
			goToEnd();
	});
	wrap.addEventListener("click", () => {
		const on = log.classList.toggle("long");
		wrap.setAttribute("aria-pressed", String(!on));
		if (following)
			goToEnd();
	});
	follow.hidden = live.dataset.live !== "yes";
	wrap.hidden = false;
	setFollowing(true);
	goToEnd();

	/* Escape sequences: colours become classes, all others are dropped.
	 * What is cut at the end of a piece waits for the next one. */
	const SEQUENCE = new RegExp(
	    "\\x1b\\[[0-?]*[ -/]*[@-~]|" +              /* control sequences */
	    "\\x1b[\\]PX^_][^\\x07\\x1b\\n]*(?:\\x07|\\x1b\\\\)?|" + /* strings */
	    "\\x1b[ -/]*[0-Z\\\\^-~]|[\\x07\\b]|\\r\\n?|\\x1b", "g");
	const CUT = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\n]*\x1b?|[ -/]*)$|\r$/;
	const style = { color: -1, bold: false };
	let waiting = "";

	function select(codes) {
		for (let i = 0; i < codes.length; i++) {
			const c = codes[i];
			if (c === 38 || c === 48) {
				const short = codes[i + 1] === 5;
				if (c === 38 && short && codes[i + 2] < 16)
					style.color = codes[i + 2];
				i += short ? 2 : 4;
			} else if (c === 0) {
				style.color = -1;
				style.bold = false;
			} else if (c === 1 || c === 22) {
				style.bold = c === 1;
			} else if (c >= 30 && c <= 37) {
				style.color = c - 30;
			} else if (c >= 90 && c <= 97) {
				style.color = c - 82;
			} else if (c === 39) {
				style.color = -1;
			}
		}
	}

	function styled(text) {
		if (style.color === -1 && !style.bold)
			return document.createTextNode(text);
		const span = document.createElement("span");
		if (style.color !== -1)
			span.classList.add("c" + style.color);
		if (style.bold)
			span.classList.add("b");
		span.textContent = text;
		return span;
	}

	function addText(text) {
		text = waiting + text;
		const cut = text.match(CUT);
		waiting = cut && cut[0].length < 4096 ? cut[0] : "";
		text = text.slice(0, text.length - waiting.length);
		const piece = document.createElement("span");
		let last = 0;
		for (const m of text.matchAll(SEQUENCE)) {
			if (m.index > last)
				piece.append(styled(text.slice(last, m.index)));
			last = m.index + m[0].length;
			if (m[0][0] === "\r")
				piece.append("\n");
			else if (m[0][1] === "[" && m[0].endsWith("m"))
				select(m[0].slice(2, -1).split(";")
				    .slice(0, 16).map(Number));
		}
		if (last < text.length)
			piece.append(styled(text.slice(last)));
		log.append(piece);
		dropOldest();
	}

	/* A page that was open for a day must not hold a day's output. */
	let kept = log.textContent.length;
	function dropOldest() {
		kept += log.lastChild.textContent.length;
		while (kept > KEEP && log.childNodes.length > 1) {
			kept -= log.firstChild.textContent.length;
			log.firstChild.remove();
			$("earlier").hidden = false;
		}
	}

	let decoder = new TextDecoder();
	let to = Number(log.dataset.to); /* bytes that are here */

	function showSize(bytes) {
		const units = ["bytes", "KiB", "MiB", "GiB"];
		let i = 0;
		for (; bytes >= 1024 && i < 3; i++)
			bytes /= 1024;
		$("size").textContent =
		    (i === 0 ? bytes : bytes.toFixed(1)) + " " + units[i];
	}

	/* One range. Returns whether there is more to ask for at once. */
	async function fetchMore() {
		const from = to > 0 ? to - 1 : 0;
		const answer = await fetch(log.dataset.url, {
			cache: "no-store",
			headers: { Range: "bytes=" + from + "-" + (from + CHUNK) },
		});
		if (answer.status === 416 || answer.status === 404)
			return false; /* empty, or not there yet */
		const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(
		    answer.headers.get("Content-Range") || "");
		if (answer.status !== 206 || !range || Number(range[1]) !== from) {
			answer.body.cancel();
			throw new Error(answer.status);
		}
		const size = Number(range[3]);
		showSize(size);
		if (size - to > SKIP) {
			answer.body.cancel();
			to = size - CHUNK;
			decoder = new TextDecoder();
			log.append("\n[...]\n");
			$("earlier").hidden = false;
			return true;
		}
		let bytes = new Uint8Array(await answer.arrayBuffer());
		if (to > 0)
			bytes = bytes.subarray(1);
		to += bytes.length;
		if (bytes.length > 0) {
			addText(decoder.decode(bytes, { stream: true }));
			if (following)
				goToEnd();
		}
		return to < size;
	}

	async function followLog() {
		/* Read before asking: what was printed before the end is then
		 * in the last answer. */
		const over = live.dataset.live !== "yes";
		while (await fetchMore())
			continue;
		if (over)
			follow.hidden = true;
		return over;
	}

	if (live.dataset.live === "yes")
		repeat(LOG_MS, followLog);
})();
