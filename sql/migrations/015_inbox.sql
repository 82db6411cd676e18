-- 015_inbox.sql - what an inbox needs: which deliveries no forge sent, and
-- lists by state and event.
-- SPDX-License-Identifier: ISC

-- Deliveries that Pawl made itself, and those that somebody had planned once
-- more. Beside `deliveries`, whose rows end with the body.
-- Written by: pawl inbox replay, pawl-api, pawl-web, pawl-planner.
CREATE TABLE delivery_origins (
	delivery TEXT PRIMARY KEY REFERENCES deliveries (id)
		ON DELETE CASCADE,
	origin TEXT NOT NULL CHECK (origin IN ('replay', 'reconcile')),
	replay_of TEXT, -- id of the delivery that is repeated, which may be
	                -- gone; its own: it failed and was planned again;
	                -- NULL: none is
	asked_by TEXT NOT NULL, -- for people: 'token ci', 'schedule'
	at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Lists of one kind, newest first. Those of all have deliveries_time and
-- deliveries_repo.
CREATE INDEX deliveries_state ON deliveries (state, received_at_ms);
CREATE INDEX deliveries_event ON deliveries (event, received_at_ms);
CREATE INDEX deliveries_repo_state
	ON deliveries (repo, state, received_at_ms);
CREATE INDEX deliveries_repo_event
	ON deliveries (repo, event, received_at_ms);

-- A delivery as lists show it. Its place in their order is (received_at_ms,
-- place): two may have come in one millisecond.
CREATE VIEW delivery_view AS
	SELECT d.id, d.forge, d.forge_id, d.event, d.repo, p.owner, p.name,
		d.headers, d.remote_addr, d.received_at_ms, d.state,
		d.verdict, d.attempts, d.settled_at_ms, o.origin, o.replay_of,
		o.asked_by, d.rowid AS place
	FROM deliveries d JOIN repos p ON p.id = d.repo
	LEFT JOIN delivery_origins o ON o.delivery = d.id;

PRAGMA user_version = 15;
