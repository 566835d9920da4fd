// The second port of a server, for the test alone: what happened, and what is to happen.
import http from "node:http";

export async function serveControl(gates, actions) {
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, "http://control");
    const query = Object.fromEntries(url.searchParams);
    try {
      let result = {};
      switch (url.pathname) {
        case "/close": gates.close(query.gate); break;
        case "/open": result = { released: gates.open(query.gate, query.how) }; break;
        case "/seen": result = { count: gates.seen(query.gate) }; break;
        case "/arrival": await gates.arrival(query.gate, Number(query.count)); break;
        default: result = await actions[url.pathname](query);
      }
      response.setHeader("content-type", "application/json").end(JSON.stringify(result));
    } catch (error) {
      response.writeHead(500).end(String(error?.stack ?? error));
    }
  });
  await listen(server);
  return server;
}

export const listen = (server) => new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));

// The ports, as the one line of standard output; the end of standard input is the end of the server.
export function announce(ports) {
  console.log(JSON.stringify(ports));
  process.stdin.on("end", () => process.exit(0)).resume();
}
