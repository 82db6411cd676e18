// matrix.mjs - every route, asked by everybody, about what is public, private
// and not there. Made from what the programs print of their tables.
//
//	node matrix.mjs SETTING.json <ROUTES
//
// Prints what is wrong, a line each, and "N requests". See t/e2e/matrix.t.
//
// SPDX-License-Identifier: ISC
import fs from 'node:fs';
import http from 'node:http';

const setting = JSON.parse(fs.readFileSync(process.argv[2]));
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
const ROLES = { reader: 0, writer: 1, admin: 2 };
const STREAM_MS = 40;
const AT_ONCE = 4;
let requests = 0;

// Routes whose path names no repository, by what they are about: a `list` is
// cut to what who asks may read; `own` knows nobody's repositories; `named` has
// the name of one, and its handler says who may; what has
// an {id} is as hidden as whose it is. A route that is in neither has no row:
// say here what is to hold for it.
const rows = {
	'GET /': 'list', 'GET /runs': 'list', 'GET /queue': 'list',
	'GET /inbox': 'list', 'GET /approvals': 'list',
	'GET /schedules': 'list', 'GET /search': 'list',
	'GET /insights': 'list', 'GET /metrics': 'list',
	'GET /api/v1/repos': 'list', 'GET /api/v1/runs': 'list',
	'GET /api/v1/approvals': 'list', 'GET /api/v1/schedules': 'list',
	'GET /api/v1/queue': 'list', 'GET /api/v1/queue/stats': 'list',
	'GET /api/v1/deliveries': 'list', 'GET /api/v1/search': 'list',
	'GET /api/v1/events': 'list', 'GET /api/v1/executions/live': 'list',
	'GET /events': 'list',
	'GET /inbox/{id}': 'delivery', 'GET /api/v1/deliveries/{id}': 'delivery',
	'POST /inbox/{id}/replay': 'delivery writer',
	'POST /api/v1/deliveries/{id}/replay': 'delivery writer',
	'GET /api/runs/{id}/dag': 'run', 'GET /api/runs/{id}/logs': 'run',
	'GET /api/v1/executions/{id}/timeline': 'run',
	'GET /api/v1/jobs/{id}/logs/stream': 'job',
	'GET /{owner}': 'owner',
	'GET /compare': 'compare', 'GET /api/v1/compare': 'compare',
	'GET /api/v1/executions/diff': 'compare',
	'GET /auth/file': 'inside',
	'GET /badge/{owner}/{file}': 'badge',
	'GET /login': 'own', 'POST /login': 'sign-in',
	'POST /logout': 'sign-in', 'GET /api/v1': 'own',
	'GET /api/v1/openapi.json': 'own', 'GET /healthz': 'own',
	'GET /readyz': 'own',
	'GET /api/runs': 'list', 'GET /queue/stats': 'list',
	'GET /debug/queue': 'list', 'GET /api/v1/metrics/summary': 'list',
	'GET /api/v1/dashboard/metrics': 'list', 'GET /api/v1/agents': 'list',
	'GET /api/v1/jobs': 'list', 'GET /api/v1/jobs/{id}': 'stored',
	'PUT /api/v1/jobs/{id}': 'stored', 'DELETE /api/v1/jobs/{id}': 'stored',
	'POST /api/v1/jobs/{id}/runs': 'stored',
	'GET /api/v1/jobs/{id}/runs': 'stored',
	'GET /api/v1/jobs/{id}/runs/{run_id}': 'stored',
	'GET /api/v1/logs/search': 'list',
	'GET /api/v1/executions': 'list', 'POST /api/v1/executions': 'own',
	'POST /api/runs/trigger': 'own',
	'GET /api/v1/dlq/pipelines/{pipeline}': 'named',
	'POST /api/v1/dlq/pipelines/{pipeline}/replay-all': 'named',
	'GET /api/v1/dlq/pipelines/{pipeline}/{id}': 'delivery',
	'POST /api/v1/dlq/pipelines/{pipeline}/{id}/replay': 'delivery writer',
	'GET /api/v1/agents/{agent}': 'own',
	'GET /api/v1/module-schemas': 'own',
	'GET /api/artifacts/{artifact}/download': 'artifact',
	'GET /setup': 'sign-in', 'POST /setup': 'sign-in',
	'GET /inbox/refused': 'own', 'GET /api/v1/refusals': 'own',
};

const params = {
	run: '2', job: 'build', attempt: '1', schedule: '1', what: 'pause',
	workflow: 'hand.yml', environment: 'prod', zip: 'dist.zip',
	secret: 'KEY', token: 'none', cache: '1', agent: 'none',
	artifact: 'dist', name: 'x', label: 'x', step: '1',
};

// What holds for a route that names no repository by itself.
function rowOf(method, path, access) {
	const known = rows[`${method} ${path}`];

	if (known !== undefined)
		return known;
	if (access === 'admin')
		return 'own';
	if (access === 'known' && /^\/(account|api\/v1\/user)(\/|$)/.test(path))
		return 'self';
	if (/^\/api\/(v1\/)?(runs|executions)\/\{id\}/.test(path))
		return method === 'GET' ? 'run' : 'run writer';
	return null;
}

function ask(method, path, headers) {
	requests++;
	return new Promise((done, fail) => {
		const req = http.request(setting.base + path, { method, agent,
			headers: { 'X-Correlation-ID': 'matrix', ...headers } });
		req.on('response', (res) => {
			let body = '';
			const end = () => done({ status: res.statusCode,
				head: res.rawHeaders, body });
			res.setEncoding('latin1');
			res.on('data', (text) => { body += text; });
			res.on('end', end);
			if (/event-stream/.test(res.headers['content-type'])) {
				setTimeout(() => { req.destroy(); }, STREAM_MS);
				res.on('error', end);
			}
		});
		req.on('error', fail);
		if (method !== 'GET' && method !== 'HEAD' &&
		    method !== 'OPTIONS') {
			const body = path.endsWith('/replay') ? '{}' :
				'{"no_such_field": 1}';

			req.setHeader('Content-Type', 'application/json');
			req.setHeader('Content-Length', body.length);
			req.write(body);
		}
		req.end();
	});
}

// What is left of an answer when the thing asked for has another name.
function bare(answer, thing) {
	let head = [];

	for (let i = 0; i < answer.head.length; i += 2)
		if (!/^(date|connection)$/i.test(answer.head[i]))
			head.push(`${answer.head[i]}: ${answer.head[i + 1]}`);
	let text = `${answer.status}\n${head.join('\n')}\n\n${answer.body}`;
	for (const word of Object.keys(thing).sort())
		text = text.replaceAll(thing[word], `{${word}}`);
	return text;
}

// The first lines that differ.
function differ(a, b) {
	const x = a.split('\n'), y = b.split('\n');
	const at = x.findIndex((line, i) => line !== y[i]);

	return `private is not as unknown: "${x[at]}", "${y[at]}"`;
}

function leaks(answer) {
	const text = answer.head.join('\n') + answer.body;

	return setting.marks.filter((mark) => text.includes(mark));
}

function fill(path, thing, row) {
	thing = { pipeline: `${thing.owner}/${thing.repo}`, ...thing };
	return path.replace(/\{(\w+)\}/g, (whole, name) => {
		const id = `${name === 'id' ? row?.split(' ')[0] : name}_id`;
		const value = name === 'id' ? thing[id] ?? '1' :
			thing[name] ?? (row === name ? thing[id] :
			params[name]);

		if (value === undefined)
			throw new Error(`nothing is known of ${whole}`);
		return encodeURIComponent(value);
	}) + (row === 'compare' ? '?left=' + encodeURIComponent(
		`${thing.owner}/${thing.repo}/runs/1`) + '&right=' +
		encodeURIComponent(`${thing.owner}/${thing.repo}/runs/2`) : '');
}

// The status that the rules ask for; 'ok': whatever the handler says.
function expected(who, which, access, row) {
	const needs = row?.split(' ')[1] ?? access;
	const role = who.role[which] ?? who.role.all ?? -1;

	if (access === 'blind')
		return 'ok';
	if (who.status) /* of what is anybody's nobody is asked who they are */
		return row === 'file' && which === 'public' ? 'ok' : who.status;
	if (needs !== 'open' && !who.token)
		return 401;
	if (row === 'named')
		return which === 'public' ? null : 404;
	if (row === 'list' || row === 'own' || row === 'self')
		return needs !== 'open' && (who.role.all ?? -1) < ROLES[needs] ?
			403 : 'ok';
	if (row === 'stored' || which === 'unknown' || (which === 'private' && role < 0))
		return 404;
	return needs !== 'open' && role < ROLES[needs] ? 403 : 'ok';
}

function fits(got, want, method, access, path) {
	/* Fields are looked at before a handler says whose it is. */
	if (want === null || (want === 404 && path.includes('{pipeline}')))
		return got < 500;
	if (want !== 'ok')
		return got === want || (got === 400 && /^[PD]/.test(method) &&
			path.includes('{id}'));
	return got < 500 && got !== 401 && got !== 403 &&
		(method !== 'GET' || got !== 404 || access === 'admin' ||
		/agents|caches/.test(path));
}

const wrong = [];

async function check(method, path, access, row) {
	const things = setting.things;

	for (const who of setting.actors) {
		const answers = {};

		for (const which of ['public', 'private', 'unknown']) {
			const token = who.token?.[which] ?? who.token?.all;
			const want = expected(who, which, access, row);
			const where = fill(path, things[which], row);
			const said = `${method} ${where} by ${who.name}`;

			// It would be done.
			if (method === 'DELETE' && want === 'ok')
				continue;
			const got = answers[which] = await ask(method, where,
				token ? { Authorization: `Bearer ${token}` } : {});
			if (!fits(got.status, want, method, access, path))
				wrong.push(`${said}: ${got.status}, not ${want}`);
			const blind = !(who.role.private >= 0 ||
				who.role.all >= 0);
			if (blind && which !== 'private' && leaks(got).length > 0)
				wrong.push(`${said} tells ${leaks(got)}`);
			answers[which].blind = blind;
		}
		if (!answers.private?.blind || !answers.unknown ||
		    row === 'list' || row === 'own')
			continue;
		const told = bare(answers.private, things.private);
		const none = bare(answers.unknown, things.unknown);

		if (told !== none)
			wrong.push(`${method} ${path} by ${who.name}: ` +
				differ(told, none));
	}
}

// Other ways to ask for the same.
async function twist(path, row) {
	const ways = [['HEAD', {}], ['OPTIONS', {}], ['GET', {
		'If-None-Match': '*' }], ['GET', { Range: 'bytes=0-3' }],
		['OPTIONS', { Origin: 'https://x.example',
			'Access-Control-Request-Method': 'GET' }],
		['GET', { Accept: 'application/json', Origin: 'https://x.example' }],
		['PATCH', {}]];

	for (const who of setting.actors.filter((a) => a.name === 'nobody' ||
	    a.name === 'other')) {
		for (const [method, headers] of ways) {
			const got = {};

			for (const which of ['private', 'unknown']) {
				const thing = setting.things[which];

				got[which] = bare(await ask(method,
					fill(path, thing, row), who.token ? {
						...headers, Authorization:
						`Bearer ${who.token.all}`,
					} : headers), thing);
			}
			if (got.private !== got.unknown)
				wrong.push(`${method} ${path} by ${who.name}, ` +
					`${JSON.stringify(headers)}: ` +
					differ(got.private, got.unknown));
		}
	}
}

async function look(line) {
	const [method, path, access] = line.split(' ');
	const about = path.includes('{owner}/{repo}') ? undefined :
		rowOf(method, path, access);

	if (about === null)
		wrong.push(`no row for ${method} ${path}`);
	if (about === null || ['sign-in', 'self', 'inside'].includes(about))
		return;
	await check(method, path, access, about);
	if (method === 'GET' && about !== 'list' && about !== 'own')
		await twist(path, about);
}

// Files, and lists that are narrowed by an argument.
async function lookAtPath(path) {
	const about = !path.includes('{') ? 'list' :
		path.includes('/badge') ? 'badge' :
		path.includes('?') ? undefined : 'file';

	await check('GET', path, about === 'badge' || about === 'list' ? 'blind' :
		'open', about);
	if (about !== 'list')
		await twist(path, about);
}

const jobs = fs.readFileSync(0, 'utf8').trim().split('\n')
	.map((line) => [line, () => look(line)])
	.concat(setting.paths.map((path) => [path, () => lookAtPath(path)]));

await Promise.all(Array.from({ length: AT_ONCE }, async () => {
	for (let job; (job = jobs.shift()) !== undefined;) {
		try {
			await job[1]();
		} catch (e) {
			wrong.push(`${job[0]}: ${e.message}`);
		}
	}
}));
agent.destroy();
console.log(wrong.join('\n'));
console.log(`${requests} requests`);
process.exitCode = wrong.length > 0 ? 1 : 0;
