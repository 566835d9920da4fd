// What the peers of the refresh tests share: a token request, and a loop that goes on until standard input ends.
export async function refresh(issuer, clientId, refreshToken) {
  const response = await fetch(`${issuer}/token`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ grant_type: "refresh_token", client_id: clientId, refresh_token: refreshToken }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(`signed out: ${body.error}: ${body.error_description}`);
  return body;
}

export async function loop(stats, step) {
  let ended = false;
  process.stdin.on("end", () => { ended = true; }).resume();
  console.log("running");
  while (!ended) {
    try {
      await step();
    } catch (error) {
      stats.errors.push(String(error?.message ?? error));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.log(JSON.stringify(stats));
}
