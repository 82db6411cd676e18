/*
 * log.js - the log of a job, of any size, on its page.
 *
 * Only what is in sight is in the page. The log is cut into pieces of 64 KiB;
 * JOB.lines says how many newlines there are up to the end of each, so a line
 * is in a piece that is known, and that is asked of the web server as a range
 * of the plain file. A log that was compressed is asked of the API instead.
 * What is where (steps, groups, annotations) and when it was printed come from
 * the API. doc/logs.md has the files.
 *
 * Text is only ever added as text, never as markup.
 *
 * SPDX-License-Identifier: ISC
 */
"use strict";

/* --- a line as a terminal shows it: the twin of lib/web/ansi.c ---------------- */

const pawlAnsi = (() => {
	const SEQUENCE = new RegExp(
	    "\\x1b\\[[ -?]*[@-~]?|" +
	    "\\x1b[\\]PX^_][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)?|" +
	    "\\x1b[ -/]*[0-~]?|[\\x07\\b]", "g");
	const ADDRESS = /https?:\/\/[^\x00-\x20\x7f-\uffff"'<>`{}|\\^]+/g;
	const UNSEEN = new RegExp("[\\0-\\x08\\x0a-\\x1f\\x7f-\\x9f\\xad" +
	    "\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-" +
	    "\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}]", "gu");
	const FLAGS = { 1: "b", 2: "d", 3: "i", 4: "u", 7: "v", 9: "s", 21: "u" };
	const OFF = { 22: "bd", 23: "i", 24: "u", 27: "v", 29: "s" };

	function ofRgb(rgb) {
		const max = Math.max(...rgb), min = Math.min(...rgb);
		const top = rgb.indexOf(max);
		if (max - min < 48)
			return max < 90 ? 8 : max < 190 ? 7 : 15;
		const hue = top * 120 + Math.trunc(60 * (rgb[(top + 1) % 3] -
		    rgb[(top + 2) % 3]) / (max - min));
		return 16 + Math.trunc((hue + 367) % 360 / 15);
	}

	function of256(n) {
		if (n < 16)
			return n;
		const grey = 8 + (n - 232) * 10, at = [0, 95, 135, 175, 215, 255];
		n -= 16;
		return ofRgb(n >= 216 ? [grey, grey, grey] :
		    [at[Math.trunc(n / 36)], at[Math.trunc(n / 6) % 6], at[n % 6]]);
	}

	const plain = (c) => c < 16 ? c :
	    [1, 3, 2, 6, 4, 5][Math.trunc((c - 14) % 24 / 4)];

	function palette(s, codes) {
		const small = (n) => n < 256;
		let c = -1;
		if (codes[1] === 5 && codes.length > 2 && small(codes[2]))
			c = of256(codes[2]);
		else if (codes[1] === 2 && codes.length > 4 &&
		    codes.slice(2, 5).every(small))
			c = ofRgb(codes.slice(2, 5));
		if (c !== -1 && codes[0] === 38)
			s.color = c;
		else if (c !== -1)
			s.back = plain(c);
		return codes.length < 2 || codes[1] === 5 ? 2 : 4;
	}

	function select(s, text) {
		const codes = text.split(/[;:]/).slice(0, 32).map(
		    (t) => Math.min(Number(t.replace(/\D/g, "")), 9999));
		for (let i = 0; i < codes.length; i++) {
			const c = codes[i];
			if (c === 38 || c === 48)
				i += palette(s, codes.slice(i));
			else if (c === 0)
				Object.assign(s, fresh());
			else if (c >= 30 && c <= 37 || c >= 90 && c <= 97)
				s.color = c < 90 ? c - 30 : c - 82;
			else if (c >= 40 && c <= 47 || c >= 100 && c <= 107)
				s.back = c < 100 ? c - 40 : c - 92;
			else if (c === 39)
				s.color = -1;
			else if (c === 49)
				s.back = -1;
			else if (FLAGS[c])
				s.flags.add(FLAGS[c]);
			else if (OFF[c])
				for (const f of OFF[c])
					s.flags.delete(f);
		}
	}

	const fresh = () => ({ color: -1, back: -1, flags: new Set() });

	function classes(s) {
		const all = [], reverse = s.flags.has("v");
		const back = reverse ? s.color : s.back;
		if (back !== -1)
			all.push("g" + plain(back));
		else if (reverse)
			all.push("v");
		else if (s.color >= 16)
			all.push("h" + (s.color - 16));
		else if (s.color !== -1)
			all.push("c" + s.color);
		for (const f of "bdius")
			if (s.flags.has(f))
				all.push(f);
		return all.join(" ");
	}

	function element(name, text, attributes) {
		const e = document.createElement(name);
		e.textContent = text;
		for (const [k, v] of Object.entries(attributes))
			e.setAttribute(k, v);
		return e;
	}

	function unseen(to, text) {
		let last = 0;
		for (const m of text.matchAll(UNSEEN)) {
			to.append(text.slice(last, m.index), element("span", "U+" +
			    m[0].codePointAt(0).toString(16).toUpperCase()
			    .padStart(4, "0"), { class: "x" }));
			last = m.index + m[0].length;
		}
		if (last < text.length)
			to.append(text.slice(last));
	}

	function links(to, text) {
		let last = 0;
		for (const m of text.matchAll(ADDRESS)) {
			const url = m[0].replace(/[.,:;!?)\]]+$/, "");
			if (/^https?:?\/*$/.test(url))
				continue;
			unseen(to, text.slice(last, m.index));
			to.append(element("a", url, { rel: "noopener nofollow",
				href: url }));
			last = m.index + url.length;
		}
		unseen(to, text.slice(last));
	}

	function add(to, s, text) {
		if (text === "")
			return;
		const c = classes(s);
		if (c !== "") {
			const span = element("span", "", { class: c });
			to.append(span);
			to = span;
		}
		links(to, text);
	}

	/* Append a line without its newline to an element. */
	function line(to, s, text) {
		text = text.replace(/\r+$/, "");
		const shown = text.lastIndexOf("\r") + 1;
		let last = 0;
		const upTo = (end) => {
			if (end > shown)
				add(to, s, text.slice(Math.max(last, shown), end));
		};
		for (const m of text.matchAll(SEQUENCE)) {
			upTo(m.index);
			last = m.index + m[0].length;
			if (m[0][1] === "[" && m[0].endsWith("m"))
				select(s, m[0].slice(2, -1));
		}
		upTo(text.length);
	}

	return { fresh, line };
})();

/* --- the log as bytes and lines ------------------------------------------------ */

const pawlLog = (data) => {
	const PIECE = 65536;   /* as in lib/base/line_map.h */
	const MORE = 8192;     /* of the piece behind, for its last line */
	const KEEP = 40;       /* pieces that are kept */
	const decoder = new TextDecoder();
	const log = { size: Number(data.size), lines: Number(data.lines),
		packed: false };
	let map = [];          /* newlines up to the end of each whole piece */
	let ended = true;      /* the last byte is a newline */
	const pieces = new Map();

	const api = (what, args) => data.api + "/" + what + "?" + data.query +
	    (args ? "&" + args : "");
	const before = (i) => i === 0 ? 0 : map[i - 1];
	const newlines = (b) => {
		let n = 0;
		for (let i = b.indexOf(10); i >= 0; i = b.indexOf(10, i + 1))
			n++;
		return n;
	};

	async function get(url, options) {
		const answer = await fetch(url, options);
		if (!answer.ok)
			throw new Error(answer.status);
		return answer;
	}

	/* Bytes from one offset up to another. */
	log.bytes = async (from, to) => {
		if (from >= to)
			return new Uint8Array(0);
		if (!log.packed) {
			const answer = await get(data.url, { cache: "no-store",
				headers: { Range: `bytes=${from}-${to - 1}` } });
			if (answer.status === 206)
				return new Uint8Array(await answer.arrayBuffer());
			answer.body.cancel();
			log.packed = true;
		}
		const answer = await get(api("text", `from=${from}&to=${to}`));
		return new Uint8Array(await answer.arrayBuffer());
	};

	/* The map, from the entry that is missing. */
	async function readMap(size) {
		const whole = Math.floor(size / PIECE);
		if (map.length >= whole)
			return;
		const take = async (answer, skip) => {
			const view = new DataView(await answer.arrayBuffer());
			for (let i = skip; i + 8 <= view.byteLength &&
			    map.length < whole; i += 8)
				map.push(view.getUint32(i, true) +
				    view.getUint32(i + 4, true) * 2 ** 32);
		};
		const from = map.length * 8;
		const answer = await fetch(data.url.replace(/\.log$/, ".lines"),
		    { cache: "no-store", headers: { Range: `bytes=${from}-` } });
		if (answer.ok)
			await take(answer, answer.status === 206 ? 0 : from);
		if (map.length < whole)
			await take(await get(api("lines")), map.length * 8);
	}

	/* Learn of what is there now. Returns whether there is more. */
	log.grow = async () => {
		const from = Math.max(log.size - 1, 0);
		const answer = await fetch(data.url, { cache: "no-store",
			headers: { Range: `bytes=${from}-${from + 4 * PIECE}` } });
		if (answer.status === 416 || answer.status === 404)
			return false;
		const range = /\/(\d+)$/.exec(answer.headers.get("Content-Range"));
		if (answer.status !== 206 || !range) {
			answer.body.cancel();
			if (!answer.ok)
				throw new Error(answer.status);
			log.packed = true;
			return false;
		}
		const size = Number(range[1]);
		if (size > from + 4 * PIECE) {
			answer.body.cancel();
			await log.open(size);
			return true;
		}
		const b = new Uint8Array(await answer.arrayBuffer())
			.subarray(log.size - from);
		if (b.length === 0)
			return false;
		append(b);
		log.fresh = decoder.decode(b);
		return true;
	};

	function append(b) {
		while (b.length > 0) {
			const n = Math.min(b.length, PIECE - log.size % PIECE);
			const part = b.subarray(0, n);
			for (const i of [Math.floor(log.size / PIECE),
			    Math.floor(log.size / PIECE) - 1])
				pieces.delete(i);
			log.newlines += newlines(part);
			ended = part[n - 1] === 10;
			log.size += n;
			if (log.size % PIECE === 0)
				map.push(log.newlines);
			b = b.subarray(n);
		}
		log.lines = log.newlines + (ended || log.size === 0 ? 0 : 1);
	}

	/* Begin with a log of this size. */
	log.open = async (size) => {
		await readMap(size);
		const whole = map.length;
		log.size = whole * PIECE;
		log.newlines = before(whole);
		pieces.clear();
		append(await log.bytes(log.size, size));
		if (size % PIECE === 0 && size > 0)
			ended = (await log.bytes(size - 1, size))[0] === 10;
		log.lines = log.newlines + (ended || size === 0 ? 0 : 1);
	};

	/* The piece in which the newline in front of a line is. */
	log.pieceOf = (line) => {
		let low = 0, high = map.length;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (before(middle) < line - 1)
				low = middle;
			else
				high = middle - 1;
		}
		return low;
	};

	async function readPiece(i) {
		const start = i * PIECE;
		const end = Math.min(log.size, start + PIECE + MORE);
		const [b, times] = await Promise.all([log.bytes(start, end),
			get(api("times", `from=${start}&to=${end}`))
			.then((a) => a.json()).catch(() => ({ pieces: [] }))]);
		const starts = i === 0 ? [0] : [];
		for (let k = b.indexOf(10); k >= 0 && k < PIECE;
		    k = b.indexOf(10, k + 1))
			starts.push(k + 1);
		return { i, start, b, starts, times: times.pieces,
			first: i === 0 ? 1 : before(i) + 2, state: null };
	}

	/* A piece, or undefined while it is on its way: `then` is called when it
	 * is there. */
	log.piece = (i, then) => {
		const p = pieces.get(i);
		if (p instanceof Promise)
			return undefined;
		if (p) {
			pieces.delete(i); /* the newest stand last */
			pieces.set(i, p);
			return p;
		}
		const coming = readPiece(i).then((piece) => {
			if (pieces.get(i) !== coming)
				return;
			pieces.set(i, piece);
			for (const k of pieces.keys()) {
				if (pieces.size <= KEEP)
					break;
				pieces.delete(k);
			}
			then();
		}, () => setTimeout(() => {
			pieces.delete(i);
			then();
		}, 2000));
		pieces.set(i, coming);
		return undefined;
	};

	/* A line: its text as far as it is here, and how long it is. */
	log.line = (n, then) => {
		const p = log.piece(log.pieceOf(n), then);
		const at = p && p.starts[n - p.first];
		if (at === undefined)
			return undefined;
		let end = p.b.indexOf(10, at), whole = end - at;
		if (end < 0) {
			end = p.b.length;
			whole = n < log.newlines + 1 ?
			    Math.max(log.pieceOf(n + 1) * PIECE - p.start - at,
			    end - at) : log.size - p.start - at;
		}
		const offset = p.start + at;
		let time = p.times[0];
		for (let low = 0, high = p.times.length; low < high;) {
			const middle = (low + high) >> 1;
			if (p.times[middle][0] <= offset) {
				time = p.times[middle];
				low = middle + 1;
			} else {
				high = middle;
			}
		}
		return { text: decoder.decode(p.b.subarray(at, end)), offset,
			whole, time: time && time[1], step: time && time[2],
			stream: time && time[3] };
	};

	log.marks = async () => (await get(api("marks"),
	    { cache: "no-cache" })).json();
	log.search = async (q, from) => (await get(api("search",
	    `q=${encodeURIComponent(q)}&from=${from}`))).json();
	return log;
};

/* --- what is shown of it --------------------------------------------------------- */

/* Rows in the order of the log: heads of steps, heads of groups, lines. What
 * is folded has no rows. */
const pawlRows = (log, names) => {
	const rows = { count: 0 };
	const folded = new Map();  /* "S0", "G12" to whether it is, by hand */
	let marks = null, runs = [], open = 0;

	const endOf = (i) => i + 1 < marks.spans.length ?
	    marks.spans[i + 1].line : log.lines + 1;

	rows.isFolded = (key, otherwise) => folded.get(key) ?? otherwise;
	rows.fold = (key, on) => folded.set(key, on);
	rows.spans = () => marks ? marks.spans : [];
	rows.notes = () => marks ? marks.annotations : [];

	function closedSpan(i) {
		const span = marks.spans[i], last = i + 1 === marks.spans.length;
		return rows.isFolded("S" + i, open !== 0 ? span.step !== open :
		    !last && log.lines > 500);
	}

	function closedGroup(g) {
		return rows.isFolded("G" + g.from, g.to !== null &&
		    !marks.annotations.some((a) => a.level === "error" &&
		    a.line >= g.from && a.line < g.to));
	}

	function push(run, n) {
		if (n <= 0)
			return;
		run.at = rows.count;
		run.n = n;
		rows.count += n;
		runs.push(run);
	}

	/* Lines from one up to another, with the groups that begin there. */
	function lines(from, to, groups) {
		while (from < to) {
			const g = groups.find((x) => x.from >= from &&
			    x.from < to);
			const next = g ? g.from : to;
			push({ kind: "line", from }, next - from);
			if (!g)
				return;
			const end = Math.min(g.to ?? to, to);
			push({ kind: "group", group: g, key: "G" + g.from,
				closed: closedGroup(g), end }, 1);
			if (!closedGroup(g))
				lines(g.from + 1, end, groups.filter(
				    (x) => x.from > g.from && x.from < end));
			groups = groups.filter((x) => x.from >= end);
			from = Math.max(end, g.from + 1);
		}
	}

	rows.build = () => {
		runs = [];
		rows.count = 0;
		if (!marks)
			return;
		const heads = marks.spans.length > 1 || names(marks.spans[0].step);
		marks.spans.forEach((span, i) => {
			const closed = heads && closedSpan(i);
			if (heads)
				push({ kind: "step", span, key: "S" + i, closed,
					lines: endOf(i) - span.line,
					again: marks.spans.findIndex((s) =>
					s.step === span.step) < i }, 1);
			if (!closed)
				lines(span.line, endOf(i), marks.groups.filter(
				    (g) => g.from >= span.line &&
				    g.from < endOf(i)));
		});
	};

	rows.use = (m, step) => {
		marks = m;
		open = step;
		rows.build();
	};

	/* What a row is. */
	rows.at = (r) => {
		let low = 0, high = runs.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (runs[middle].at <= r)
				low = middle;
			else
				high = middle - 1;
		}
		const run = runs[low];
		return run.kind !== "line" ? run : { kind: "line",
			line: run.from + r - run.at,
			key: "L" + (run.from + r - run.at) };
	};

	rows.ofKey = (key) => runs.find((x) => x.key === key)?.at ?? -1;

	/* The row of a line, or the last one in front of it. */
	rows.ofLine = (line) => {
		let best = 0;
		for (const run of runs) {
			if (run.kind === "line" && run.from <= line)
				best = run.at + Math.min(line - run.from, run.n - 1);
			else if (run.kind === "group" && run.group.from <= line)
				best = run.at;
			else if (run.kind === "step" && run.span.line <= line)
				best = run.at;
		}
		return best;
	};

	/* Unfold what hides a line. */
	rows.show = (line) => {
		if (!marks)
			return;
		marks.spans.forEach((s, i) => {
			if (line >= s.line && line < endOf(i) && closedSpan(i))
				rows.fold("S" + i, false);
		});
		for (const g of marks.groups)
			if (line > g.from && line < (g.to ?? Infinity) &&
			    closedGroup(g))
				rows.fold("G" + g.from, false);
		rows.build();
	};

	rows.foldAll = (on) => {
		marks.spans.forEach((s, i) => rows.fold("S" + i, on));
		rows.build();
	};
	return rows;
};

/*
 * A list of any number of rows of any height, of which some are in the page.
 * They stand in a window that is placed in a space as high as a browser can
 * take; small moves keep what is seen where it is, large ones go by the
 * ratio.
 */
const pawlList = (view, count, draw) => {
	const MOST = 8e6;          /* pixels; browsers have a limit */
	const ALL = 1500;          /* so many rows are all there */
	const AROUND = 60;         /* rows beyond what is seen */
	const space = document.createElement("div");
	const win = document.createElement("div");
	const list = { rowHeight: 20, first: 0, last: 0 };
	let top = 0, ours = -1, timer = 0;

	space.className = "space";
	win.className = "window";
	space.append(win);
	view.append(space);

	const height = () => Math.min(count() * list.rowHeight, MOST);
	const scroll = (y) => {
		y = Math.max(0, Math.round(y));
		if (Math.abs(view.scrollTop - y) >= 1)
			view.scrollTop = y;
		ours = view.scrollTop;
	};

	/* The first row that is seen, and where. */
	list.anchor = () => {
		const y = view.scrollTop - top;
		for (const e of win.children)
			if (e.offsetTop + e.offsetHeight > y)
				return { row: Number(e.dataset.row),
					y: e.offsetTop - y };
		return { row: Math.max(list.last - 1, 0), y: 0 };
	};

	/* Draw so that a row is at a height of the view. With `stay` the bar is
	 * left where it is. */
	list.draw = (row, y, stay) => {
		const n = count(), seen = view.clientHeight / list.rowHeight;
		row = Math.max(0, Math.min(row, n - 1));
		list.first = n <= ALL ? 0 : Math.max(0, row - AROUND);
		list.last = n <= ALL ? n : Math.min(n,
		    Math.ceil(row + seen + AROUND));
		draw(win, list.first, list.last);
		const anchor = win.children[row - list.first];
		const at = anchor ? anchor.offsetTop : 0;
		const all = win.offsetHeight;
		let want = stay ? view.scrollTop : row * height() / Math.max(n, 1) -
		    y;
		want = Math.max(0, want);
		let from = want + y - at;
		if (list.first === 0) {        /* the beginning is the beginning */
			want -= from;
			from = 0;
		} else if (from < list.rowHeight) {
			want += list.rowHeight * list.first - from;
			from = list.rowHeight * list.first;
		}
		const whole = list.last === n ? from + all :
		    Math.max(height(), from + all + view.clientHeight);
		top = from;
		space.style.height = Math.ceil(whole) + "px";
		win.style.top = from + "px";
		scroll(want);
	};

	list.again = () => {
		const a = list.anchor();
		list.draw(a.row, a.y, true);
	};
	list.toEnd = () => {
		list.draw(count() - 1, view.clientHeight - list.rowHeight);
		scroll(space.offsetHeight);
	};
	list.atEnd = () => list.last === count() && view.scrollTop +
	    view.clientHeight >= space.offsetHeight - list.rowHeight;

	function moved() {
		const from = view.scrollTop - top, to = from + view.clientHeight;
		const edge = view.clientHeight / 2, n = count();
		if (view.scrollTop === ours || n === 0)
			return;
		ours = -1;
		if (to < 0 || from > win.offsetHeight) {
			const most = space.offsetHeight - view.clientHeight;
			list.draw(Math.round(view.scrollTop / most *
			    (n - view.clientHeight / list.rowHeight)), 0, true);
		} else if ((from < edge && list.first > 0) ||
		    (to > win.offsetHeight - edge && list.last < n)) {
			list.again();
		}
		clearTimeout(timer);
		timer = setTimeout(settle, 250);
	}

	/* Small moves in a space that is not to scale add up. */
	function settle() {
		const a = list.anchor();
		if (count() > ALL && Math.abs(a.row * height() / count() - a.y -
		    view.scrollTop) > view.clientHeight)
			list.draw(a.row, a.y);
	}
	view.addEventListener("scroll", moved, { passive: true });
	list.moved = moved;
	return list;
};

/* --- the page --------------------------------------------------------------------- */

(() => {
	const $ = (id) => document.getElementById(id);
	const box = $("log"), job = $("job");
	if (!box || !job)
		return;
	/* The log has begun, or that of a new attempt. */
	const at = () => job.querySelector("[data-log]")?.dataset.log;
	const known = at();
	job.addEventListener("pawl-exchanged", () => {
		if (at() !== known)
			location.reload();
	});
	if (!box.dataset.url)
		return;

	const store = {
		get: (k) => { try { return localStorage.getItem(k); } catch { return null; } },
		set: (k, v) => { try { localStorage.setItem(k, v); } catch { /* this page alone */ } },
	};
	const make = (name, cls, text) => {
		const e = document.createElement(name);
		if (cls)
			e.className = cls;
		if (text !== undefined)
			e.textContent = text;
		return e;
	};
	const size = (n) => n < 1024 ? n + " bytes" : n < 2 ** 20 ?
	    (n / 1024).toFixed(1) + " KiB" : n < 2 ** 30 ?
	    (n / 2 ** 20).toFixed(1) + " MiB" : (n / 2 ** 30).toFixed(2) + " GiB";
	const number = (n) => n.toLocaleString("en");
	const LONG = 2000;     /* characters of a line, as in log_line.h */
	const LONGEST = 262144;
	const COPY = 8 * 2 ** 20;

	const isLive = () => job.dataset.live === "yes";
	const stepItem = (n) => job.querySelector(`[data-step="${n}"]`);
	const log = pawlLog(box.dataset);
	const rows = pawlRows(log, (n) => stepItem(n));
	const view = make("div", "view");
	view.id = "view";
	view.tabIndex = 0;
	view.setAttribute("role", "log");
	view.setAttribute("aria-live", "off");
	view.setAttribute("aria-label", "Log");

	let times = store.get("pawl-times") || "off";
	let picked = null;     /* [from, to] */
	let following = false;
	let query = "", hits = [], hitAt = -1, next = null, searching = 0;
	const longer = new Map(); /* lines that are shown beyond LONG */
	const drawn = new Map();  /* rows that are in the page, by key */
	let version = 0;          /* of all that changes how rows look */

	const kinds = /^\s*::(group|endgroup|error|warning|notice|debug)(?: [^]*?)?::([^]*)$/i;
	const words = { error: "Error: ", warning: "Warning: ",
		notice: "Notice: ", debug: "Debug: " };
	const decode = (s) => s.replace(/%0D/gi, "").replace(/%0A/gi, " \u23ce ")
		.replace(/%25/g, "%");

	function stamp(ms) {
		if (!ms || times === "off")
			return "";
		if (times === "clock")
			return new Date(ms).toISOString().slice(11, 23);
		const s = Math.max(0, ms - began) / 1000;
		return `${Math.floor(s / 60)}:${(s % 60).toFixed(1)
			.padStart(4, "0")}`;
	}
	let began = 0;

	function mark(e) {
		const walk = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
		const texts = [], q = query.toLowerCase();
		while (walk.nextNode())
			texts.push(walk.currentNode);
		for (let t of texts) {
			let at;
			while ((at = t.data.toLowerCase().indexOf(q)) >= 0 &&
			    t.data.length > 0) {
				const found = t.splitText(at);
				t = found.splitText(q.length);
				const m = make("mark");
				found.replaceWith(m);
				m.append(found);
			}
		}
	}

	function lineRow(row) {
		const l = log.line(row.line, arrived);
		const e = make("div", "row");
		const a = make("a", "no", row.line);
		a.href = "#L" + row.line;
		e.append(a);
		if (!l) {
			e.append(make("code", "", "\u2026"));
			return [e, true];
		}
		const m = kinds.exec(l.text), kind = m && m[1].toLowerCase();
		const state = pawlAnsi.fresh(), code = make("code");
		const long = longer.get(row.line);
		let text = long ?? (m ? decode(m[2]) : l.text);
		e.classList.add(kind || "text");
		if (l.stream === "stderr")
			e.classList.add("err");
		if (l.stream === "pawl")
			e.classList.add("own");
		e.title = "";
		if (times !== "off")
			e.append(make("time", "", stamp(l.time)));
		if (words[kind])
			code.append(make("b", "", words[kind]));
		if (long === undefined && l.whole > LONG) {
			text = text.slice(text.lastIndexOf("\r", text.length - 2) +
			    1).slice(0, LONG);
			if (l.text.includes("\r") && l.whole > l.text.length)
				lengthen(row.line, true);
		}
		pawlAnsi.line(code, state, text);
		if (query && text.toLowerCase().includes(query.toLowerCase()))
			mark(code);
		if (long === undefined && l.whole > LONG) {
			const b = make("button", "cut", size(l.whole - LONG) +
			    " more");
			b.type = "button";
			b.onclick = () => lengthen(row.line, false);
			code.append(b);
		}
		e.append(code);
		if (kind === "error" || kind === "warning" || kind === "notice")
			place(e, row.line);
		return [e, false];
	}

	/* Where an annotation says that it is. */
	function place(e, line) {
		const n = rows.notes().find((x) => x.line === line);
		if (n && n.file)
			e.lastChild.append(make("span", "where", " " + n.file +
			    (n.file_line ? ":" + n.file_line : "")));
	}

	/* A long line: more of it, or of one that was overwritten the end. */
	async function lengthen(n, end) {
		const l = log.line(n, arrived);
		if (!l || longer.has(n))
			return;
		longer.set(n, l.text.slice(0, LONG));
		if (longer.size > 8)
			longer.delete(longer.keys().next().value);
		let from = l.offset, to = Math.min(log.size, from + LONGEST);
		if (end) {
			to = Math.min(log.size, from + l.whole + 65536);
			from = Math.max(from, to - 65536 - 8192);
		}
		let text = new TextDecoder().decode(await log.bytes(from, to));
		const nl = text.indexOf("\n", end ? 8192 : 0);
		text = nl >= 0 ? text.slice(0, nl) : text;
		longer.set(n, end ? text.replace(/\r+$/, "").split("\r").pop()
			.slice(-LONG) : text);
		changed();
	}

	/* The head of a step or a group: what folds it is a button. */
	function headRow(row) {
		const e = make("div", row.kind === "step" ? "hd" : "hd sub");
		const b = make("button");
		b.type = "button";
		b.setAttribute("aria-expanded", String(!row.closed));
		b.onclick = () => fold(row, !row.closed);
		if (row.kind === "group") {
			b.append(row.group.title || "Group");
			e.append(b, make("span", "quiet", number(row.end -
			    row.group.from - 1)));
			return e;
		}
		const item = stepItem(row.span.step);
		const title = item ? item.querySelector(".title").textContent :
		    row.span.line > 1 ? "Pawl" : "Set up";
		const state = item && item.querySelector(".state");
		const took = item && item.querySelector(".duration");
		e.id = item && !row.again ? "step-" + row.span.step : "";
		if (state)
			b.append(state.cloneNode(true));
		b.append(make("span", "title", title +
		    (row.again ? " (goes on)" : "")));
		e.append(b);
		if (took && !row.again)
			e.append(took.cloneNode(true));
		return e;
	}

	function rowOf(r) {
		const row = rows.at(r);
		const key = row.key, old = drawn.get(key);
		const sign = version + (row.closed ? "c" : "") +
		    (row.lines || row.end || "");
		if (old && old.sign === sign && !old.waiting) {
			old.e.dataset.row = r;
			return [key, old];
		}
		const [e, waiting] = row.kind === "line" ? lineRow(row) :
		    [headRow(row), false];
		e.dataset.row = r;
		if (row.kind === "line")
			e.classList.toggle("sel", picked !== null &&
			    row.line >= picked[0] && row.line <= picked[1]);
		if (row.kind === "line" && row.line === hits[hitAt])
			e.classList.add("now");
		return [key, { e, sign, waiting }];
	}

	const list = pawlList(view, () => rows.count, (win, first, last) => {
		const fresh = [];
		for (let r = first; r < last; r++)
			fresh.push(rowOf(r));
		drawn.clear();
		for (const [key, one] of fresh)
			drawn.set(key, one);
		const all = fresh.map(([, one]) => one.e);
		if (all.length !== win.children.length ||
		    all.some((e, i) => e !== win.children[i]))
			win.replaceChildren(...all);
	});

	/* --- changes: many at once are one drawing */

	let due = 0;
	function arrived() {
		due = due || requestAnimationFrame(() => {
			due = 0;
			if (following)
				list.toEnd();
			else
				list.again();
		});
	}
	function changed() {
		version++;
		arrived();
	}

	function fold(row, on) {
		const a = list.anchor();
		rows.fold(row.key, on);
		rows.build();
		setFollowing(false);
		list.draw(a.row, a.y, true);
		const r = rows.ofKey(row.key);
		view.querySelector(`[data-row="${r}"] button`)?.focus(
		    { preventScroll: true });
	}

	function go(line, middle) {
		setFollowing(false);
		rows.show(line);
		version++;
		view.scrollIntoView({ block: "nearest" });
		list.draw(rows.ofLine(line), middle ? view.clientHeight / 3 : 60);
	}

	/* --- following */

	function setFollowing(on) {
		following = on && isLive();
		$("follow").setAttribute("aria-pressed", String(following));
	}
	view.addEventListener("scroll", () => {
		if (isLive() && following !== list.atEnd() && !due)
			setFollowing(list.atEnd());
	}, { passive: true });
	$("follow").onclick = () => {
		setFollowing(!following);
		if (following)
			list.toEnd();
	};

	function showSize() {
		$("size").textContent = `${number(log.lines)} line${
			log.lines === 1 ? "" : "s"}, ${size(log.size)}`;
	}

	async function readMarks() {
		const m = await log.marks();
		began = Date.parse(m.began_at) || 0;
		rows.use(m, Number(box.dataset.open));
		const bad = rows.notes().filter((n) => n.level === "error").length;
		$("mistakes").hidden = bad === 0;
		$("mistakes").textContent = `${bad} error${bad === 1 ? "" : "s"}`;
		drawn.clear();
	}

	const COMMANDS = /^\s*::(group|endgroup|error|warning|notice)/mi;
	async function look() {
		let grown = false, marks = false;
		while (await log.grow()) {
			grown = true;
			marks = marks || COMMANDS.test(log.fresh);
		}
		if (!grown)
			return;
		if (marks)
			await readMarks();
		rows.build();
		showSize();
		arrived();
		if (query && next === null)
			search(query, searching);
	}

	/* Whatever brings news, one look at a time; the connection is shown. */
	let looking = null, again = false;
	function lookSoon() {
		again = true;
		looking = looking || (async () => {
			while (again) {
				again = false;
				await look();
			}
		})().finally(() => { looking = null; });
		return looking;
	}

	const pause = (ms) => new Promise((done) => setTimeout(done, ms));
	async function followLog() {
		let failed = 0;
		for (;;) {
			const over = !isLive();
			try {
				await lookSoon();
				if (failed > 0)
					$("link").textContent = "";
				failed = 0;
			} catch {
				failed++;
			}
			if (over && failed === 0)
				break;
			let wait = failed === 0 ? (document.hidden ? 10 : streaming ?
			    5 : .5) : [1, 2, 4, 8, 16, 30][Math.min(failed, 6) - 1];
			for (; failed > 0 && wait >= 1; wait--) {
				$("link").textContent = `Reconnecting in ${wait}\u2026`;
				await pause(1000);
			}
			await pause(wait * 1000);
		}
		setFollowing(false);
		$("follow").hidden = true;
		await readMarks();
		changed();
	}
	let streaming = false;

	/* --- searching */

	function showFound() {
		const more = next === null ? "" : "\u2026";
		$("found").textContent = !query ? "" : hits.length === 0 ?
		    (more || "none") : `${hitAt < 0 ? "" : number(hitAt + 1) +
		    " of "}${number(hits.length)}${more}`;
	}

	async function search(q, from) {
		const mine = search.turn = (search.turn || 0) + 1;
		const begun = hits.length;
		next = from;
		while (next !== null) {
			const found = await log.search(q, next).catch(() => null);
			if (mine !== search.turn)
				return;
			if (!found)
				break;
			for (const h of found.hits)
				if (h.line > (hits.at(-1) || 0))
					hits.push(h.line);
			next = found.next;
			searching = found.size;
			if (begun === 0 && hitAt < 0 && hits.length > 0)
				toHit(hits.findIndex((l) => l >= topLine()), 0);
			showFound();
		}
		next = null;
		showFound();
	}

	const topLine = () => {
		const row = rows.count > 0 && rows.at(list.anchor().row);
		return row.line ?? row.span?.line ?? row.group?.from ?? 1;
	};

	function toHit(i) {
		hitAt = i < 0 ? hits.length - 1 : i % hits.length;
		go(hits[hitAt], true);
		showFound();
	}

	function find(q, by) {
		if (q === query && hits.length > 0) {
			toHit((hitAt + by + hits.length) % hits.length);
			return;
		}
		query = q;
		hits = [];
		hitAt = -1;
		search.turn = (search.turn || 0) + 1;
		next = null;
		changed();
		if (q)
			search(q, 0);
		showFound();
	}
	$("find").onsubmit = (e) => {
		e.preventDefault();
		find($("q").value, 1);
	};
	$("prev").onclick = () => find($("q").value, -1);
	$("q").oninput = () => {
		clearTimeout(search.timer);
		search.timer = setTimeout(() => {
			if ($("q").value !== query)
				find($("q").value, 1);
		}, 300);
	};

	/* The next line behind one that says what is wrong; 0: none does. */
	function mistake(line) {
		const all = rows.notes().filter((n) => n.level === "error");
		return (all.find((n) => n.line > line) ?? all[0])?.line ?? 0;
	}
	/* What to begin with: in the step that failed what it said, or its end. */
	function failure() {
		const open = Number(box.dataset.open), spans = rows.spans();
		const said = rows.notes().find((n) => n.level === "error" &&
		    n.step === open);
		const i = spans.findLastIndex((s) => s.step === open);
		return open === 0 || i < 0 ? mistake(0) : said ? said.line :
		    (spans[i + 1]?.line ?? log.lines + 1) - 1;
	}
	function nextError() {
		const line = mistake(picked ? picked[0] : 0) || failure();
		if (line)
			pick(line);
	}
	$("mistakes").onclick = nextError;

	/* --- lines that are pointed at */

	function pick(from, to = from) {
		location.hash = from === to ? `L${from}` : `L${from}-L${to}`;
	}

	function readHash() {
		const step = /^#step-(\d+)$/.exec(location.hash);
		const m = /^#L(\d+)(?:-L?(\d+))?$/.exec(location.hash);
		if (step) {
			const i = rows.spans().findIndex((s) => s.step === +step[1]);
			if (i < 0)
				return false;
			rows.fold("S" + i, false);
			rows.build();
			setFollowing(false);
			version++;
			list.draw(rows.ofKey("S" + i), 0);
			return true;
		}
		picked = m ? [+m[1], +(m[2] || m[1])].sort((a, b) => a - b) : null;
		$("copy").hidden = $("share").hidden = !picked;
		if (picked)
			go(Math.min(picked[0], log.lines), true);
		else
			changed();
		return !!picked;
	}
	addEventListener("hashchange", readHash);

	view.addEventListener("click", (e) => {
		const a = e.target.closest("a.no");
		if (!a || e.ctrlKey || e.metaKey)
			return;
		e.preventDefault();
		const n = Number(a.textContent);
		const at = list.anchor();
		const from = e.shiftKey && picked ? picked[0] : n;
		history.pushState(null, "", from === n ? `#L${n}` :
		    `#L${Math.min(from, n)}-L${Math.max(from, n)}`);
		picked = [Math.min(from, n), Math.max(from, n)];
		$("copy").hidden = $("share").hidden = false;
		setFollowing(false);
		version++;
		list.draw(at.row, at.y, true);
	});

	async function copy(button, text) {
		await navigator.clipboard.writeText(await text);
		const was = button.textContent;
		button.textContent = "Copied";
		await pause(1500);
		button.textContent = was;
	}
	async function pickedText() {
		const at = async (n) => {
			if (n > log.lines)
				return log.size;
			let l = log.line(n, () => 0);
			for (; !l; l = log.line(n, () => 0))
				await pause(50);
			return l.offset;
		};
		const from = await at(picked[0]), to = await at(picked[1] + 1);
		const b = await log.bytes(from, Math.min(to, from + COPY));
		return new TextDecoder().decode(b)
			.replace(/\x1b\[[ -?]*[@-~]/g, "");
	}
	$("copy").onclick = (e) => copy(e.target, pickedText());
	$("share").onclick = (e) => copy(e.target, location.href);

	/* --- switches and keys */

	function showTimes() {
		const text = { off: "Times", since: "Elapsed", clock: "UTC" };
		$("times").textContent = text[times];
		$("times").setAttribute("aria-pressed", String(times !== "off"));
	}
	$("times").onclick = () => {
		times = { off: "since", since: "clock", clock: "off" }[times];
		store.set("pawl-times", times);
		showTimes();
		changed();
	};

	function setWrap(on) {
		view.classList.toggle("wrap", on);
		$("wrap").setAttribute("aria-pressed", String(on));
		store.set("pawl-wrap", on ? "1" : "0");
		if (rows.count > 0)
			changed();
	}
	$("wrap").onclick = () => setWrap(!view.classList.contains("wrap"));

	const heads = (by) => {
		const here = list.anchor().row + (by > 0 ? 1 : -1);
		for (let r = here; r >= 0 && r < rows.count; r += by) {
			if (rows.at(r).kind !== "line") {
				setFollowing(false);
				list.draw(r, 0);
				view.querySelector(`[data-row="${r}"] button`)
					?.focus({ preventScroll: true });
				return;
			}
		}
	};
	for (const [key, what, fn] of [
		["/", "Search in the log", () => $("q").focus()],
		["n", "Next match", () => find($("q").value, 1)],
		["N", "Previous match", () => find($("q").value, -1)],
		["e", "Next error", nextError],
		["f", "Follow the log", () => $("follow").click()],
		["t", "Times", () => $("times").click()],
		["w", "Wrap lines", () => $("wrap").click()],
		["j", "Next step or group", () => heads(1)],
		["k", "Previous step or group", () => heads(-1)],
		["Home", "Beginning of the log", () => {
			setFollowing(false);
			list.draw(0, 0);
			view.scrollIntoView({ block: "nearest" });
		}],
		["End", "End of the log", () => {
			list.toEnd();
			setFollowing(true);
			view.scrollIntoView({ block: "nearest" });
		}],
	])
		window.pawlKeys.add(key, what, fn);
	$("q").onkeydown = (e) => {
		if (e.key === "Escape") {
			$("q").value = "";
			find("", 1);
			view.focus();
		}
	};

	/* --- the beginning */

	/* As high as the window has room, so that its last line is in sight. */
	function fit() {
		list.rowHeight = parseFloat(getComputedStyle(view).lineHeight) ||
		    20;
		view.style.height = Math.max(360, innerHeight - 16 -
		    view.getBoundingClientRect().top - scrollY) + "px";
	}
	addEventListener("resize", () => {
		fit();
		arrived();
	});

	async function begin() {
		await Promise.all([log.open(log.size), readMarks()]);
		rows.build();
		$("find").hidden = $("switches").hidden = false;
		$("text").replaceWith(view);
		fit();
		$("follow").hidden = !isLive();
		showTimes();
		setWrap((store.get("pawl-wrap") ??
		    (innerWidth < 640 ? "1" : "0")) === "1");
		showSize();
		const from = Number(box.dataset.from);
		if (readHash())
			return;
		if (from > 0)
			go(from);
		else if (isLive()) {
			setFollowing(true);
			list.toEnd();
			view.scrollIntoView({ block: "nearest" });
		} else {
			const bad = failure();
			rows.show(bad);
			list.draw(bad ? rows.ofLine(bad) : 0,
			    bad ? view.clientHeight * .6 : 0);
		}
	}

	/* The states of steps stand in the part of the page that is exchanged. */
	job.addEventListener("pawl-exchanged", () => {
		if (rows.count > 0)
			readMarks().then(changed, () => 0);
	});

	begin().then(() => {
		if (!isLive())
			return;
		if (window.pawlLive)
			window.pawlLive(box.dataset.api.replace(
			    /\/attempts\/\d+/, "") + "/stream", {
				onEvent: () => lookSoon().catch(() => 0),
				onState: (s) => { streaming = s === "open"; },
				from: (box.dataset.attempt > 1 ?
				    box.dataset.attempt + "-" : "") + log.size,
			});
		followLog();
	}).catch((e) => {
		console.warn(e);
		$("link").textContent = "The rest of the log cannot be read";
	});
})();
