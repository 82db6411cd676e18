/*
 * live_client.mjs - htdocs/live.js without a browser: prints each state and
 * event as a line, until the stream is over.
 *
 *	node live_client.mjs LIVE.JS URL
 *
 * Lines on standard input: "hide" and "show" are what a browser says when
 * nobody sees the page, and when somebody does again.
 *
 * SPDX-License-Identifier: ISC
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const listeners = { visibilitychange: new Set(), pagehide: new Set(),
	pageshow: new Set() };
globalThis.window = globalThis;
globalThis.addEventListener = (type, fn) => listeners[type].add(fn);
globalThis.removeEventListener = (type, fn) => listeners[type].delete(fn);
globalThis.document = { hidden: false, addEventListener,
	removeEventListener };

const [file, url] = process.argv.slice(2);
(0, eval)(readFileSync(file, "utf8"));

const say = (...words) => process.stdout.write(words.join(" ") + "\n");
window.pawlLive(url, {
	onEvent: ({ type, id, data }) => say(type, id ?? "-",
	    data ? JSON.stringify(data) : "-"),
	onState(state) {
		say("state", state);
		if (state === "over")
			process.exit(0);
	},
});

createInterface({ input: process.stdin }).on("line", (line) => {
	document.hidden = line === "hide";
	listeners.visibilitychange.forEach((fn) => fn());
});
