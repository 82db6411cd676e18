// sink.mjs - the other side of what Pawl sends: an HTTPS and SMTP server that
// keeps what it was sent and fails as it is told.
//
//	node sink.mjs DIR
//
// DIR has key.pem and cert.pem. Listens on 127.0.0.1; "DIR/port" gets the port
// of HTTPS, "DIR/smtp" that of SMTP, and "DIR/wrong" that of a second HTTPS
// server whose certificate (wrong.pem, wrong-key.pem) is for another name.
// Every request becomes a line of JSON in DIR/requests, every mail one in
// DIR/mails. What is answered is read from DIR/mode each time, a word:
//
//	ok            201 with an object (GET: what DIR/answer.json says)
//	status N      that status, with a message
//	late N        the same after N milliseconds
//	slow          nothing, ever
//	reset         the connection is reset
//	redirect      302 to another path
//	pause N       429 with Retry-After: N
//	limit N       403, x-ratelimit-remaining 0, x-ratelimit-reset in N s
//	truncated     fewer bytes than were promised
//	huge          an answer without an end
//
// SPDX-License-Identifier: ISC
import fs from "node:fs";
import https from "node:https";
import net from "node:net";

const dir = process.argv[2];
const read = (name) => fs.readFileSync(`${dir}/${name}`, "utf8");
const mode = () => {
	try {
		return read("mode").trim().split(" ");
	} catch {
		return ["ok"];
	}
};
const keep = (file, value) =>
	fs.appendFileSync(`${dir}/${file}`, JSON.stringify(value) + "\n");

// The connections below TLS, which alone can be reset.
const raw = new Map();
const remember = (socket) => {
	raw.set(socket.remotePort, socket);
	socket.on("close", () => raw.delete(socket.remotePort));
};

let serial = 100;
let open = 0;

const created = (req) => {
	if (req.method === "GET") {
		try {
			return read("answer.json");
		} catch {
			return "[]";
		}
	}
	return JSON.stringify({ id: ++serial });
};

const answers = {
	ok: (req, res) => {
		res.writeHead(req.method === "POST" ? 201 : 200,
			{ "Content-Type": "application/json" });
		res.end(created(req));
	},
	status: (req, res, n) => {
		res.writeHead(Number(n), { "Content-Type": "application/json" });
		res.end(JSON.stringify({ message: `answered ${n}` }));
	},
	late: (req, res, n) => setTimeout(answers.ok, Number(n), req, res),
	slow: () => {},
	reset: (req) => raw.get(req.socket.remotePort)?.resetAndDestroy(),
	redirect: (req, res) => {
		res.writeHead(302, { Location: "/elsewhere" });
		res.end();
	},
	pause: (req, res, n) => {
		res.writeHead(429, { "Retry-After": n });
		res.end("{}");
	},
	limit: (req, res, n) => {
		res.writeHead(403, { "x-ratelimit-remaining": "0",
			"x-ratelimit-reset": String(Math.floor(Date.now() / 1000)
				+ Number(n)) });
		res.end('{"message": "API rate limit exceeded"}');
	},
	truncated: (req, res) => {
		res.writeHead(200, { "Content-Length": "1000" });
		res.write("{", () => req.socket.destroy());
	},
	huge: (req, res) => {
		res.writeHead(200);
		const more = () => {
			while (!res.destroyed && res.write("x".repeat(65536)))
				;
		};
		res.on("drain", more);
		more();
	},
};

const handle = (req, res) => {
	let body = "";

	open++;
	res.on("close", () => open--);
	req.on("data", (data) => (body += data));
	req.on("end", () => {
		const [word, n] = mode();

		keep("requests", { method: req.method, url: req.url,
			headers: req.headers, body, mode: word, open });
		answers[word](req, res, n);
	});
};

const listen = (server, name) =>
	server.on("connection", remember).listen(0, "127.0.0.1", () => {
		fs.writeFileSync(`${dir}/${name}.new`,
			String(server.address().port));
		fs.renameSync(`${dir}/${name}.new`, `${dir}/${name}`);
	});

// RFC 5321, as far as a client needs it.
const smtp = net.createServer((socket) => {
	const mail = { from: "", to: [], data: "" };
	let buffer = "", inData = false;

	const say = (line) => socket.write(line + "\r\n");
	const command = (line) => {
		const [word] = line.toUpperCase().split(" ");

		if (word === "EHLO" || word === "HELO") {
			say("250 sink");
		} else if (word === "MAIL") {
			mail.from = line;
			say(mode()[0] === "refuse" ? "550 not from you" : "250 ok");
		} else if (word === "RCPT") {
			mail.to.push(line);
			say(mode()[0] === "later" ? "451 try later" : "250 ok");
		} else if (word === "DATA") {
			inData = true;
			say("354 go on");
		} else if (word === "QUIT") {
			say("221 bye");
			socket.end();
		} else {
			say("250 ok");
		}
	};
	socket.on("error", () => {});
	socket.on("data", (data) => {
		buffer += data;
		for (let at; (at = buffer.indexOf("\r\n")) !== -1;) {
			const line = buffer.slice(0, at);

			buffer = buffer.slice(at + 2);
			if (!inData) {
				command(line);
			} else if (line === ".") {
				inData = false;
				keep("mails", mail);
				say("250 taken");
			} else {
				mail.data += line.replace(/^\./, "") + "\n";
			}
		}
	});
	say("220 sink ESMTP");
});

const tls = (key, cert) => ({ key: read(key), cert: read(cert) });
listen(https.createServer(tls("key.pem", "cert.pem"), handle), "port");
listen(https.createServer(tls("wrong-key.pem", "wrong.pem"), handle), "wrong");
listen(smtp, "smtp");
