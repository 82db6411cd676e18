-- events.sql - what happened: what lib/store/events.c uses.
-- SPDX-License-Identifier: ISC

-- name: event_append
-- Parameters: run, type, data, now. Index: (run, seq), its last entry.
INSERT INTO events (run, seq, type, data, at_ms)
SELECT :run, 1 + coalesce(max(seq), 0), :type, :data, :now
FROM events WHERE run = :run

-- name: event_list
-- Parameters: run, after (a sequence number), limit. Index: (run, seq).
SELECT run, seq, type, data, at_ms FROM events
WHERE run = :run AND seq > :after ORDER BY seq LIMIT :limit
