// The same endpoints, written by hand for Node: one process, its own HTTP server and client, no framework.
// GATEWAY_PORT, ORIGIN_PORT and ACCESS_LOG come from the environment.
import { openSync, write } from "node:fs";
import http from "node:http";

const host = "127.0.0.1";
const port = Number(process.env.ORIGIN_PORT);
// Keeps connections open, the most recently used first; a call that hears nothing for five seconds is given up.
const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 4096, scheduling: "lifo", timeout: 5000 });

class Problem extends Error {
  constructor(status, reason) {
    super(reason);
    this.status = status;
  }
}

function fetchJSON(path) {
  return new Promise((resolve, reject) => {
    const request = http.get({ host, port, path, agent }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", () => reject(new Problem(502, "connection_terminated")));
      response.on("end", () => {
        if (response.statusCode < 200 || response.statusCode > 299) return reject(new Problem(502, "upstream_status"));
        try {
          // One chunk, as small bodies are, need not be joined.
          const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
          resolve(JSON.parse(body.toString()));
        } catch {
          reject(new Problem(502, "invalid_json"));
        }
      });
    });
    request.on("timeout", () => request.destroy(new Problem(504, "http_response_timeout")));
    request.on("error", (error) => reject(error instanceof Problem ? error : new Problem(502, "connection_refused")));
  });
}

const person = (user) => ({ id: user.id, name: user.name, city: user.address.city });
const orderLines = ({ items }) => items.map((each) => ({ id: each.id, total: each.total.amount, status: each.status }));
const goods = ({ items }) =>
  items.map((each) => ({ id: each.id, name: each.name, price: each.price.amount, image: each.images[0].url }));
const opinions = ({ items }) => items.map((each) => ({ stars: each.stars, text: each.text }));

async function screen(kind, id) {
  const [user, orders, products] = await Promise.all([
    fetchJSON(`/users/${id}`),
    fetchJSON(`/${kind}/orders?customer=${id}`),
    fetchJSON(`/${kind}/products?for=${id}`),
  ]);
  const greeting = `Hello ${user.firstName}!`;
  return { body: { user: person(user), greeting, orders: orderLines(orders), products: goods(products) } };
}

const endpoints = {
  one: async (id) => ({ body: await fetchJSON(`/profiles/${id}`) }),
  small: (id) => screen("small", id),
  three: (id) => screen("large", id),
  merge: async (id) => {
    const [user, orders, products] = await Promise.all([
      fetchJSON(`/users/${id}`),
      fetchJSON(`/large/orders?customer=${id}`),
      fetchJSON(`/large/products?for=${id}`),
    ]);
    return { body: { user, orders, products } };
  },
  eight: async (id) => {
    const [user, partner, orders, returns, products, similar, reviews, questions] = await Promise.all([
      fetchJSON(`/users/${id}`),
      fetchJSON(`/partners/${id}`),
      fetchJSON(`/large/orders?customer=${id}`),
      fetchJSON(`/large/returns?customer=${id}`),
      fetchJSON(`/large/products?for=${id}`),
      fetchJSON(`/large/similar?for=${id}`),
      fetchJSON(`/reviews/${id}`),
      fetchJSON(`/questions/${id}`),
    ]);
    const body = {
      user: person(user),
      greeting: `Hello ${user.firstName}!`,
      partner: person(partner),
      orders: orderLines(orders),
      returns: orderLines(returns),
      products: goods(products),
      similar: goods(similar),
      reviews: opinions(reviews),
      questions: opinions(questions),
    };
    return { body, headers: { "Content-Language": user.locale } };
  },
};

// The access log: gathered, and written in chunks without waiting for the disk.
const log = openSync(process.env.ACCESS_LOG, "a");
let lines = "";
function record(request, status, bytes, started) {
  lines += `{"time":${Date.now()},"method":"${request.method}","path":${JSON.stringify(request.url)},`;
  lines += `"status":${status},"bytes":${bytes},"ms":${(performance.now() - started).toFixed(1)}}\n`;
  if (lines.length > 65536) flush();
}
function flush() {
  if (lines) write(log, lines, () => {});
  lines = "";
}
setInterval(flush, 1000);

function send(request, response, started, status, type, value, headers) {
  // Given as text, the body leaves together with the head in one write.
  const body = JSON.stringify(value);
  const bytes = Buffer.byteLength(body);
  response.writeHead(status, { "Content-Type": type, "Content-Length": bytes, ...headers });
  response.end(body);
  record(request, status, bytes, started);
}

async function answer(request, response) {
  const started = performance.now();
  try {
    const match = /^\/([a-z]+)\/([1-9][0-9]*)$/.exec(request.url);
    const endpoint = match && request.method === "GET" && endpoints[match[1]];
    if (!endpoint) throw new Problem(404, "not_found");
    const { body, headers } = await endpoint(match[2]);
    send(request, response, started, 200, "application/json", body, headers);
  } catch (error) {
    const { status = 500, message: reason } = error;
    send(request, response, started, status, "application/problem+json", { status, reason });
  }
}

const server = http.createServer({ keepAliveTimeout: 300_000 }, answer);
server.listen({ host, port: Number(process.env.GATEWAY_PORT), backlog: 4096 });
process.on("SIGTERM", () => process.exit(0));
