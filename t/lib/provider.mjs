// provider.mjs - somebody with whom people sign in: OpenID Connect and the
// addresses of GitHub, on one server that also misbehaves.
//
//	node provider.mjs DIR
//
// Listens on 127.0.0.1; "DIR/port" gets the port. DIR/user.json is who signs
// in: what the user's address answers. DIR/mode has words, each of which
// changes one thing:
//
//	state nonce iss aud expired alg key sub   what is said is wrong so
//	verifier    PKCE was not used: accepted only without one
//	slow 500 huge html                        how the token is answered
//	denied      the user says no
//
// Every request becomes a line of JSON in DIR/requests.
//
// SPDX-License-Identifier: ISC
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";

const dir = process.argv[2];
const keys = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const other = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const codes = new Map();
let origin;

const mode = (word) => {
	try {
		return fs.readFileSync(`${dir}/mode`, "utf8").split(/\s+/)
			.includes(word);
	} catch {
		return false;
	}
};
const user = () => JSON.parse(fs.readFileSync(`${dir}/user.json`, "utf8"));
const b64 = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function sign(claims) {
	const text = b64({ alg: mode("alg") ? "none" : "RS256", kid: "one" }) +
		"." + b64(claims);
	const key = mode("key") ? other : keys;
	return text + "." + crypto.sign("sha256", Buffer.from(text),
		key.privateKey).toString("base64url");
}

function idToken(asked) {
	const now = Math.floor(Date.now() / 1000);
	return sign({
		...user(),
		iss: mode("iss") ? "https://evil.example" : origin,
		aud: mode("aud") ? "somebody" : asked.client_id,
		nonce: mode("nonce") ? "x" : asked.nonce,
		exp: now + (mode("expired") ? -600 : 60),
		iat: now,
	});
}

function authorize(args, answer) {
	const code = crypto.randomBytes(8).toString("hex");
	const to = new URL(args.redirect_uri);
	codes.set(code, args);
	if (mode("denied"))
		to.searchParams.set("error", "access_denied");
	else
		to.searchParams.set("code", code);
	to.searchParams.set("state", mode("state") ? "x".repeat(43) :
		args.state);
	answer(302, "", { location: to.href });
}

function token(body, auth, answer) {
	const given = new URLSearchParams(body);
	const asked = codes.get(given.get("code"));
	const shown = auth ?? `Basic ${Buffer.from(`${given.get("client_id")}:` +
		given.get("client_secret")).toString("base64")}`;
	const sum = crypto.createHash("sha256")
		.update(given.get("code_verifier") ?? "").digest("base64url");

	codes.delete(given.get("code"));
	if (mode("slow"))
		return;
	if (mode("500"))
		return answer(500, "{}");
	if (mode("html"))
		return answer(200, "<p>no</p>");
	if (mode("huge"))
		return answer(200, JSON.stringify("x".repeat(1 << 20)));
	if (asked === undefined || asked.code_challenge !== sum ||
		asked.redirect_uri !== given.get("redirect_uri") ||
		shown !== "Basic " + Buffer.from("pawl:s3cret/").toString("base64")
		&& shown !== "Basic " + Buffer.from("pawl:s3cret%2F")
			.toString("base64"))
		return answer(400, JSON.stringify({ error: "invalid_grant" }));
	answer(200, JSON.stringify({ access_token: "access",
		token_type: "Bearer", id_token: idToken(asked) }));
}

const server = http.createServer((req, res) => {
	const url = new URL(req.url, origin);
	const args = Object.fromEntries(url.searchParams);
	let body = "";

	const answer = (status, text, headers = {}) => {
		res.writeHead(status, { "content-type": "application/json",
			...headers });
		res.end(text);
	};
	const known = () => req.headers.authorization === "Bearer access";
	const lists = { "/api/v3/user": user,
		"/userinfo": () => mode("sub") ? { ...user(), sub: "x" } : user(),
		"/api/v3/user/orgs": () => user().orgs ?? [],
		"/api/v3/user/teams": () => user().teams ?? [] };

	req.on("data", (piece) => { body += piece; });
	req.on("end", () => {
		fs.appendFileSync(`${dir}/requests`, JSON.stringify({
			path: url.pathname, args, body }) + "\n");
		if (url.pathname === "/.well-known/openid-configuration")
			answer(200, JSON.stringify({ issuer: origin,
				authorization_endpoint: `${origin}/authorize`,
				token_endpoint: `${origin}/token`,
				userinfo_endpoint: `${origin}/userinfo`,
				jwks_uri: `${origin}/keys` }));
		else if (url.pathname === "/keys")
			answer(200, JSON.stringify({ keys: [{ kid: "one",
				...keys.publicKey.export({ format: "jwk" }) }] }));
		else if (/authorize$/.test(url.pathname))
			authorize(args, answer);
		else if (/token$/.test(url.pathname))
			token(body, req.headers.authorization, answer);
		else if (lists[url.pathname] !== undefined && known())
			answer(200, JSON.stringify(lists[url.pathname]()));
		else
			answer(404, "{}");
	});
});

server.listen(0, "127.0.0.1", () => {
	origin = `http://127.0.0.1:${server.address().port}`;
	fs.writeFileSync(`${dir}/port.new`, `${server.address().port}\n`);
	fs.renameSync(`${dir}/port.new`, `${dir}/port`);
});
