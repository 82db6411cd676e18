/*
 * driver.mjs - one Chromium for a whole test, driven by lines of text.
 *
 *	node driver.mjs MODULES-FOLDER
 *
 * Says {"ready":true} when the browser is up, then answers each command (a
 * JSON object on a line of its own) by one line of JSON:
 *
 *	{"do":"follow","url":U,"mark":"at","last":"the end","seconds":S}
 *	  open U, stay there until a line "last" is on screen, and report when
 *	  each "mark MILLISECONDS" came into sight
 *	{"do":"plain","url":U}
 *	  what U shows and links to when no script may run
 *	{"do":"shot","url":U,"file":F,"scheme":"dark","width":360}
 *	  a picture of U, how far it is wider than its window, and how many
 *	  bytes came for it
 *	{"do":"act","url":U,"script":false,"acts":[{"fill":"Token","with":"x"},
 *	    {"press":"Sign in"},{"open":"Menu"},{"see":"words"},{"go":U2}],
 *	    "file":F}; {"sign":TOKEN} does so on the page for it
 *	  do all that as a person would, and take a picture at the end; also
 *	  {"focus":"css"}, {"key":"Enter"}, {"type":"text"},
 *	  {"gone":"words"}
 *	{"do":"visit","url":U,"token":T,"script":false,"views":[
 *	    {"scheme":"dark","width":320,"axe":true,"file":F}]}
 *	  U as somebody sees it, in each of the views: how far it is wider than
 *	  its window, what axe finds in it, what it asked other hosts for, its
 *	  policy
 *	{"do":"walk","url":U,"scheme":"dark","width":360,"script":false,
 *	    "steps":[{"key":"n"},{"click":"#wrap"},{"type":"x"},
 *	    {"wait":"expression"},{"tell":"expression"}],"file":F}
 *	  do all that; "told" has what the expressions gave, "heap" the bytes
 *	  of script that are used then, "painted" when text was first seen
 *	{"do":"quit"}
 *
 * Errors in a page's console come with every answer.
 *
 * SPDX-License-Identifier: ISC
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(process.argv[2] + "/");
const { chromium } = require("playwright-core");

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
	args: ["--no-sandbox", "--disable-gpu", "--disable-quic",
		"--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking",
		"--disable-component-update", "--disable-sync"],
});

/* Open a page of its own; what its console complains of goes to `errors`. */
async function open(url, options, script)
{
	const context = await browser.newContext(options);
	const page = await context.newPage();
	const errors = [];

	page.on("console", (m) => {
		if (m.type() === "error")
			errors.push(`${m.text()} (${m.location().url})`);
	});
	page.on("pageerror", (e) => errors.push(String(e)));
	page.on("requestfailed", (r) => {
		if (r.failure().errorText !== "net::ERR_ABORTED")
			errors.push(`${r.failure().errorText} ${r.url()}`);
	});
	if (script)
		await page.addInitScript(script.run, script.argument);
	const answer = await page.goto(url, { waitUntil: "load" });
	return { context, page, errors, status: answer ? answer.status() : 0 };
}

/* Runs inside the page: note the time when each mark first is in its text. */
function watchMarks({ mark, last })
{
	const marks = new RegExp(`${mark} (\\d{13})`, "g");
	const seen = window.seen = { loadedAt: Date.now(), lines: {}, end: 0 };
	const look = () => {
		const text = document.body ? document.body.textContent : "";

		for (const m of text.matchAll(marks))
			seen.lines[m[1]] ??= Date.now();
		if (!seen.end && text.includes(last))
			seen.end = Date.now();
	};

	setInterval(look, 20);
	new MutationObserver(look).observe(document,
	    { childList: true, subtree: true, characterData: true });
}

async function follow({ url, mark, last, seconds })
{
	const { context, page, errors, status } = await open(url, {},
	    { run: watchMarks, argument: { mark, last } });
	let loads = 0;

	page.on("load", () => loads++);
	await page.waitForFunction(() => window.seen.end > 0, null,
	    { timeout: seconds * 1000 }).catch((e) => errors.push(String(e)));
	const seen = await page.evaluate(() => window.seen);
	const lines = Object.entries(seen.lines)
		.map(([printed, shown]) => ({ printed: +printed, shown }))
		.sort((a, b) => a.printed - b.printed);
	/* the page may still have to learn that the job is over */
	const title = await page.title();
	await context.close();
	return { status, loads, errors, title, loadedAt: seen.loadedAt,
		end: seen.end, lines };
}

async function plain({ url })
{
	const { context, page, errors, status } = await open(url,
	    { javaScriptEnabled: false });
	const links = await page.locator("a").evaluateAll(
	    (all) => all.map((a) => a.href)).catch(() => []);
	const text = await page.locator("body").innerText();
	await context.close();
	return { status, errors, links, text };
}

async function shot({ url, file, scheme, width })
{
	const { context, page, errors, status } = await open(url, {
		colorScheme: scheme, viewport: { width, height: 800 },
	});
	const wider = await page.evaluate(() =>
	    document.documentElement.scrollWidth - window.innerWidth);
	const bytes = await page.evaluate(() =>
	    [...performance.getEntriesByType("navigation"),
		...performance.getEntriesByType("resource")]
		.reduce((sum, e) => sum + e.transferSize, 0));

	await page.screenshot({ path: file, fullPage: true });
	await context.close();
	return { status, errors, wider, bytes };
}

/* By a token, on the page to sign in. */
async function signIn(page, token)
{
	const field = page.getByLabel("Token", { exact: true });

	if (!await field.isVisible())
		await page.locator("summary",
		    { hasText: "Sign in with a token" }).click();
	await field.fill(token);
	await field.press("Enter");
	await page.waitForLoadState("load");
}

const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/* What stands in a person's way, by the rules of WCAG 2.2 AA and of good
 * practice: "rule: where why". It runs beside the page's own scripts, whose
 * policy does not count for it. */
async function axe(page)
{
	await page.evaluate(axeSource);
	const found = await page.evaluate(() => window.axe.run(document,
	    { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
	    "best-practice"], resultTypes: ["violations"] }));

	return found.violations.flatMap((v) => v.nodes.map((n) =>
	    `${v.id}: ${n.target.join(" ")} ${n.failureSummary
		.replace(/\s+/g, " ").slice(0, 200)}`));
}

async function visit({ url, token, script, views })
{
	const context = await browser.newContext({
		reducedMotion: "reduce", javaScriptEnabled: script !== false,
		extraHTTPHeaders: token ?
		    { Authorization: `Bearer ${token}` } : {},
	});
	const page = await context.newPage();
	const errors = [], others = [], barriers = [], wider = [];
	const host = new URL(url).host;

	page.on("console", (m) => m.type() === "error" &&
	    errors.push(`${m.text()} (${m.location().url})`));
	page.on("pageerror", (e) => errors.push(String(e)));
	page.on("request", (r) => new URL(r.url()).host !== host &&
	    !r.url().startsWith("data:") && others.push(r.url()));
	await page.setViewportSize({ width: views[0].width, height: 900 });
	const answer = await page.goto(url, { waitUntil: "load" });
	for (const v of views) {
		const name = `${v.scheme} ${v.width}`;

		await page.emulateMedia({ colorScheme: v.scheme });
		await page.setViewportSize({ width: v.width, height: 900 });
		const by = await page.evaluate(() =>
		    document.documentElement.scrollWidth - window.innerWidth);
		if (by > 0)
			wider.push(`${name}: ${by} px too wide`);
		for (const b of v.axe ? await axe(page) : [])
			barriers.push(`${name}: ${b}`);
		if (v.file)
			await page.screenshot({ path: v.file, fullPage: true });
	}
	await context.close();
	return { status: answer.status(), errors, others, wider, barriers,
		policy: answer.headers()["content-security-policy"] };
}

/* One thing that a person does; `see` waits for it. */
async function actOnce(page, act)
{
	if (act.fill)
		await page.getByLabel(act.fill).fill(act.with);
	else if (act.press)
		await page.getByRole("button", { name: act.press,
			exact: true }).click();
	else if (act.sign)
		await signIn(page, act.sign);
	else if (act.open)
		await page.locator("summary", { hasText: act.open }).first()
			.click();
	else if (act.focus)
		await page.locator(act.focus).first().focus();
	else if (act.key)
		await page.keyboard.press(act.key);
	else if (act.type)
		await page.keyboard.type(act.type);
	else if (act.gone)
		await page.getByText(act.gone).first().waitFor(
		    { state: "hidden", timeout: 60000 });
	else if (act.see)
		await page.getByText(act.see).first().waitFor(
		    { timeout: 60000 });
	else if (act.go)
		await page.goto(act.go, { waitUntil: "load" });
	else
		throw new Error(`what is ${JSON.stringify(act)}?`);
}

async function act({ url, script, acts, file })
{
	const { context, page, errors } = await open(url,
	    { javaScriptEnabled: script });
	let loads = 0;

	page.on("load", () => loads++);

	try {
		for (const a of acts)
			await actOnce(page, a);
	} catch (e) {
		errors.push(String(e));
	}
	const cookies = await context.cookies();
	const text = await page.locator("body").innerText();
	if (file)
		await page.screenshot({ path: file, fullPage: true });
	await context.close();
	return { errors, cookies, text, loads, url: page.url() };
}

/* The pages allow no eval(), so their own loop cannot wait for text. */
async function until(page, expression)
{
	const end = Date.now() + 30000;

	while (!await page.evaluate(expression).catch(() => false)) {
		if (Date.now() > end)
			throw new Error(`never came true: ${expression}`);
		await new Promise((done) => setTimeout(done, 20));
	}
}

/* One step of a walk: the value of a "tell", else undefined. */
async function walkOnce(page, step)
{
	if (step.key)
		await page.keyboard.press(step.key);
	else if (step.click)
		await page.locator(step.click).first().click(
		    { modifiers: step.with || [], timeout: 20000 });
	else if (step.type)
		await page.keyboard.type(step.type);
	else if (step.wait)
		await until(page, step.wait);
	else if (step.tell)
		return await page.evaluate(step.tell);
	else
		throw new Error(`what is ${JSON.stringify(step)}?`);
	return undefined;
}

async function walk({ url, scheme, width, script, steps, file })
{
	const { context, page, errors, status } = await open(url, {
		colorScheme: scheme || "light", javaScriptEnabled: script,
		viewport: { width: width || 1280, height: 800 },
		permissions: ["clipboard-read", "clipboard-write"],
	});
	const told = [];
	let heap = 0, painted = 0, wider = 0;

	try {
		for (const step of steps || []) {
			const value = await walkOnce(page, step);
			if (value !== undefined)
				told.push(value);
		}
		const devtools = await context.newCDPSession(page);
		await devtools.send("HeapProfiler.collectGarbage");
		heap = (await devtools.send("Runtime.getHeapUsage")).usedSize;
		[painted, wider] = await page.evaluate(() => [
			performance.getEntriesByName("first-contentful-paint")[0]
			?.startTime, document.documentElement.scrollWidth -
			innerWidth]).catch(() => [0, 0]);
	} catch (e) {
		errors.push(`${e} ${page.url()}`);
	}
	if (file)
		await page.screenshot({ path: file });
	const text = await page.locator("body").innerText();
	await context.close();
	return { status, errors, told, heap, painted, wider, text };
}

const commands = { walk, follow, plain, shot, visit, act };

console.log(JSON.stringify({ ready: true, version: browser.version() }));
for await (const line of createInterface({ input: process.stdin })) {
	const command = JSON.parse(line);

	if (command.do === "quit")
		break;
	try {
		console.log(JSON.stringify(
		    await commands[command.do](command)));
	} catch (e) {
		console.log(JSON.stringify({ errors: [String(e)] }));
	}
}
await browser.close();
/* Our standard input stays open as long as the test. */
process.exit(0);
