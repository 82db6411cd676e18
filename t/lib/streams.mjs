/*
 * streams.mjs - readers of server-sent events, by themselves and many.
 *
 *	node streams.mjs resume URL TIMES   read to the end of the stream,
 *	    breaking off after every few events as often as that and going on
 *	    by Last-Event-ID; prints the data of each event. When the server
 *	    is not there it is tried again.
 *	node streams.mjs slow URL           open, read nothing until a line
 *	    comes on standard input, then read to the end and print as above
 *	node streams.mjs many URL N         open N, print "open", and "told"
 *	    when each was told of an event; ends with standard input
 *
 * SPDX-License-Identifier: ISC
 */
import http from "node:http";
import { createInterface } from "node:readline";

const [mode, url, count] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: false, maxSockets: Infinity });
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const out = (text) => process.stdout.write(text + "\n");

function open(last) {
	return new Promise((done, fail) => {
		const headers = last === undefined ? {} : { "Last-Event-ID": last };
		const req = http.get(url, { agent, headers }, done);
		req.on("error", fail);
	});
}

/* Events of an answer, as { id, type, data }; comments too, with `comment`. */
async function* events(answer) {
	let rest = "";
	answer.setEncoding("utf8");
	for await (const text of answer) {
		const parts = (rest + text).split("\n\n");
		rest = parts.pop();
		for (const part of parts) {
			const e = {};
			for (const line of part.split("\n")) {
				const at = line.indexOf(": ");
				if (at === 0)
					e.comment = line.slice(2);
				else
					e[line.slice(0, at)] = line.slice(at + 2);
			}
			yield e;
		}
	}
}

async function resume(times) {
	let last, breaks = 0;
	for (;;) {
		let seen = 0;
		try {
			const answer = await open(last);
			if (answer.statusCode !== 200) {
				answer.resume();
				await sleep(50);
				continue;
			}
			for await (const e of events(answer)) {
				if (e.event === "end") {
					process.stderr.write(breaks + " breaks\n");
					process.exit(0);
				}
				if (e.data === undefined)
					continue;
				last = e.id;
				out(e.data);
				if (breaks < times && ++seen === 7 + breaks % 5) {
					breaks++;
					answer.destroy();
					break;
				}
			}
		} catch {
			await sleep(50);
		}
	}
}

async function slow() {
	const answer = await open();
	answer.pause();
	out("open");
	await new Promise((go) =>
	    createInterface({ input: process.stdin }).once("line", go));
	for await (const e of events(answer)) {
		if (e.event === "end")
			process.exit(0);
		if (e.data !== undefined)
			out(e.data);
	}
	process.exit(1);
}

async function many(n) {
	let opened = 0, told = 0;
	const one = async () => {
		const answer = await open();
		let first = true;
		for await (const e of events(answer)) {
			if (e.comment === "connected" && ++opened === n)
				out("open");
			if (e.data !== undefined && first) {
				first = false;
				if (++told === n)
					out("told");
			}
		}
	};
	for (let i = 0; i < n; i++)
		one().catch((error) => {
			out("failed " + error.message);
			process.exit(1);
		});
	createInterface({ input: process.stdin }).on("close", () =>
	    process.exit(0));
}

await { resume, slow, many }[mode](Number(count));
