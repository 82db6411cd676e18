/*
 * pawl.js - what a page cannot do by itself: show what has changed, go by
 * keys, and switch between light and dark. Without it the pages load
 * themselves again. The log of a job is log.js's.
 *
 * Parts of a page with data-live are exchanged for those of the same page asked
 * again: when a stream tells of something (live.js, data-events), or every few
 * seconds while something is under way.
 *
 * SPDX-License-Identifier: ISC
 */
"use strict";
(() => {
	const PAGE_MS = 2000;         /* between looks at states */
	const HIDDEN_MS = 10000;      /* while nobody sees the page */
	const BACKOFF_MAX_MS = 30000;

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
})();
