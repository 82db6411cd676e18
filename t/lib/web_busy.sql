-- web_busy.sql - six weeks of a busy host, for pages to show: some hundred runs
-- of eight repositories, in every state, with names as people make them. Run
-- it on a new database:
--
--	sqlite3 pawl.db <t/lib/web_busy.sql
--
-- All is computed from the numbers of the runs, so two databases are alike
-- but for the time, which ends now.
-- SPDX-License-Identifier: ISC

PRAGMA foreign_keys = ON;
BEGIN;

CREATE TEMP TABLE clock AS
	SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000 AS now;

INSERT INTO repos (forge, owner, name, clone_url, default_branch,
	created_at_ms)
SELECT 'github', e.value ->> 0, e.value ->> 1, 'https://example.org/r.git',
	e.value ->> 2, (SELECT now FROM clock) - 86400000 * 60
FROM json_each('[["acme", "webshop", "main"], ["acme", "payments", "main"],
	["acme", "mobile-app", "develop"], ["acme", "docs", "main"],
	["librarians", "an-awfully-long-name-of-a-repository-that-nobody-can-remember-but-everybody-uses", "master"],
	["مطورون", "مكتبة", "main"],
	["<b>&\"evil\"", "x''y", "main"], ["acme", "just-registered", "main"]]')
	e;

-- What commits say, who makes them, where they go.
CREATE TEMP TABLE titles AS SELECT key AS n, value AS t FROM json_each('[
	"Cache the price list for a minute",
	"Fix a race when two carts are merged",
	"Bump libpng from 1.6.43 to 1.6.44",
	"checkout: show the taxes of each line",
	"Revert \"checkout: show the taxes of each line\"",
	"🎉 Release notes for the spring campaign 🌱",
	"إصلاح ترتيب العناصر في القائمة",
	"Escape <script>alert(1)</script> & friends in titles",
	"Make the integration tests wait for the broker instead of sleeping, so that a slow machine does not fail them for no reason at all and nobody has to press the button again",
	"Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	"Merge pull request #412 from mona/retry-uploads",
	"Speed up the search index by a third",
	"Rename Invoice.total to Invoice.gross"]');
CREATE TEMP TABLE people AS SELECT key AS n, value AS t FROM json_each('[
	"mona", "hubot", "ada", "grace", "dependabot[bot]",
	"أحمد", "\"><script>alert(2)</script>"]');
CREATE TEMP TABLE branch_names AS SELECT key AS n, value AS t FROM json_each('[
	"feature/retry-uploads", "fix/JIRA-4711_the-branch-whose-name-nobody-shortened-in-time",
	"renovate/libpng-1.x", "release/2.4", "مسودة",
	"a\"><img src=x onerror=alert(1)>"]');
CREATE TEMP TABLE flows AS SELECT key AS n, value ->> 0 AS t,
	value ->> 1 AS f FROM json_each('[["CI", ".ci/ci.yml"],
	["CI", ".ci/ci.yml"], ["Lint", ".ci/lint.yml"],
	["Nightly <all> platforms", ".ci/nightly.yml"]]');

-- A run each; `r` says what becomes of it. The newest are the last.
CREATE TEMP TABLE plan AS
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
	WHERE i < 600),
	m AS (SELECT i, (i * 7919 + i * i * 31) % 1000 AS x,
		(i * 104729 + i * i * 17) % 1000 AS y FROM n)
SELECT i, x, y,
	CASE WHEN x < 450 THEN 1 WHEN x < 650 THEN 2 WHEN x < 780 THEN 3
		WHEN x < 870 THEN 4 WHEN x < 930 THEN 5 WHEN x < 970 THEN 6
		ELSE 7 END AS repo,
	(i + y) % 4 AS flow,
	CASE WHEN i > 594 THEN CASE i % 3 WHEN 0 THEN 'pending'
			ELSE 'running' END
		WHEN i > 585 AND x BETWEEN 450 AND 650 THEN 'failed'
		WHEN y < 130 THEN 'failed' WHEN y < 160 THEN 'cancelled'
		WHEN y < 175 THEN 'skipped' ELSE 'succeeded' END AS state,
	(SELECT now FROM clock) - CASE WHEN i > 594 THEN (601 - i) * 40000
		ELSE (601 - i) * CAST(6048000 AS INTEGER) + y * 4000 END AS at,
	45000 + (x * 137 + y * 211) % 400000
		+ CASE WHEN (i + y) % 4 = 3 THEN 1500000 ELSE 0 END AS took,
	1500 + CASE WHEN y > 900 THEN y * 90 ELSE x * 5 END AS waited
FROM m;

INSERT INTO runs (uuid, repo, number, workflow, file, event, ref, branch, sha,
	title, actor, why, state, priority, decided, created_at_ms,
	started_at_ms, finished_at_ms, updated_at_ms)
SELECT printf('00000000-0000-4000-8000-%012d', i), repo,
	row_number() OVER (PARTITION BY repo ORDER BY i), w.t, w.f,
	CASE WHEN flow = 3 THEN 'schedule' WHEN y % 7 = 0 THEN 'pull_request'
		ELSE 'push' END,
	CASE WHEN y % 3 = 0 AND flow <> 3 THEN 'refs/heads/' || b.t
		ELSE 'refs/heads/' || r.default_branch END,
	CASE WHEN y % 3 = 0 AND flow <> 3 THEN b.t ELSE r.default_branch END,
	printf('%08x%032x', (i * 2654435761) % 4294967296, i * 7919),
	t.t, a.t, 'push to ' || r.default_branch || ' matches branches: ['
		|| r.default_branch || '] (' || w.f || ':3)',
	CASE WHEN state IN ('pending', 'running', 'skipped') THEN state
		ELSE 'running' END, 10, 0, at,
	CASE WHEN state IN ('pending', 'skipped') THEN NULL
		ELSE at + waited END,
	CASE WHEN state = 'skipped' THEN at END, at
FROM plan JOIN flows w ON w.n = flow
	JOIN titles t ON t.n = (i * 5 + x) % 13
	JOIN people a ON a.n = CASE WHEN x % 11 = 0 THEN 6
		WHEN repo = 6 THEN 5 ELSE (x + y) % 5 END
	JOIN branch_names b ON b.n = (i + x) % 6
	JOIN repos r ON r.id = repo
ORDER BY i;

-- Three jobs each: "build", "test", "deploy"; the second is the one that fails.
INSERT INTO jobs (uuid, run, key, title, needs, expanded, state, attempt,
	priority, queued_at_ms, rank_ms, reason, lease_until_ms, worker,
	exit_code, created_at_ms, started_at_ms, finished_at_ms,
	updated_at_ms, plan)
SELECT printf('00000000-0000-4000-9000-%012d', i * 10 + k), i,
	json_array('build', 'test', 'deploy') ->> k,
	json_array('Build', 'Test on every platform', 'Deploy') ->> k,
	CASE k WHEN 0 THEN '[]' WHEN 1 THEN '["build"]' ELSE '["test"]' END, 1,
	CASE WHEN state = 'pending' THEN
			json_array('pending', 'blocked', 'blocked') ->> k
		WHEN state = 'running' THEN
			json_array('succeeded', 'running', 'blocked') ->> k
		WHEN state = 'failed' THEN
			json_array('succeeded', 'failed', 'skipped') ->> k
		WHEN state = 'cancelled' THEN
			json_array('succeeded', 'cancelled', 'cancelled') ->> k
		ELSE 'succeeded' END,
	CASE WHEN state = 'pending' OR (k = 2 AND state <> 'succeeded') THEN 0
		WHEN y % 37 = 0 AND k = 1 AND state = 'succeeded' THEN 2
		ELSE 1 END, 10,
	at + took * k / 3,
	CASE WHEN state = 'pending' AND k = 0 THEN at ELSE NULL END,
	CASE WHEN state = 'failed' AND k = 1 THEN
		'step 3 "make check" failed with exit code 2' END,
	CASE WHEN state = 'running' AND k = 1 THEN at + 90000000 END,
	CASE WHEN state = 'running' AND k = 1 THEN 'host' END,
	CASE WHEN state = 'failed' AND k = 1 THEN 2 END, at,
	CASE WHEN state = 'pending' OR (k = 2 AND state <> 'succeeded')
		THEN NULL ELSE at + waited + took * k / 3 END,
	CASE WHEN state = 'pending' OR (state = 'running' AND k > 0) THEN NULL
		ELSE at + waited + took * (k + 1) / 3 END, at, '{}'
FROM plan, (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2)
WHERE state <> 'skipped'
ORDER BY i, k;

INSERT INTO steps (job, attempt, number, title, command, state, exit_code,
	started_at_ms, finished_at_ms)
SELECT j.id, 1, s.key + 1, s.value, s.value,
	CASE WHEN j.state = 'failed' AND s.key = 2 THEN 'failed'
		WHEN j.state = 'running' AND s.key = 2 THEN 'running'
		WHEN j.state = 'running' AND s.key = 3 THEN 'queued'
		WHEN j.state = 'failed' AND s.key = 3 THEN 'skipped'
		ELSE 'succeeded' END,
	CASE WHEN j.state = 'failed' AND s.key = 2 THEN 2 END,
	j.started_at_ms,
	CASE WHEN j.state = 'running' AND s.key > 1 THEN NULL
		ELSE coalesce(j.finished_at_ms, j.started_at_ms) END
FROM jobs j, json_each('["Check out", "make", "make check", "Upload"]') s
WHERE j.started_at_ms IS NOT NULL AND j.run > 560;

INSERT INTO annotations (job, attempt, number, step, level, file, line,
	message)
SELECT id, 1, 1, 3, 'error', 'src/cart/merge.c', 4 + run % 200,
	'src/cart/merge.c:' || (4 + run % 200) || ':2: error: expected 3 items, '
	|| 'got 2 (<b>cart</b> of "ada")'
FROM jobs WHERE state = 'failed';

-- The ends come last: what is kept of branches follows them.
UPDATE runs SET finished_at_ms = (SELECT at + waited + took FROM plan
		WHERE i = id),
	state = (SELECT state FROM plan WHERE i = id), facts = 0
WHERE state = 'running' AND id IN (SELECT i FROM plan
	WHERE state IN ('succeeded', 'failed', 'cancelled'));
UPDATE repos SET runs_made = (SELECT count(*) FROM runs r
	WHERE r.repo = repos.id);

-- A pipeline that cannot be read.
INSERT INTO runs (uuid, repo, number, workflow, file, event, ref, branch, sha,
	title, actor, why, state, priority, created_at_ms, finished_at_ms,
	updated_at_ms, problems)
SELECT '00000000-0000-4000-8000-999999999999', id, runs_made + 1,
	'.ci/deploy.yml', '.ci/deploy.yml', 'push', 'refs/heads/develop',
	'develop', '89abcdef89abcdef89abcdef89abcdef89abcdef',
	'Deploy after the tests', 'grace', 'push', 'failed', 10,
	now - 900000, now - 900000, now - 900000,
	'.ci/deploy.yml:14:5: error: unknown key "need" in job "test"' ||
	char(10) || '   14 |     need: build' || char(10) ||
	'      |     ^~~~  did you mean "needs"?' || char(10)
FROM repos, clock WHERE name = 'mobile-app';

COMMIT;
