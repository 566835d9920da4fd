// Loaded before OpenClaw: what its sign-in of openai-codex asks of the provider is asked of the test's server, and the answer wrapped
// into the kind of token that OpenClaw reads the account from.
const { TOKEN_ENDPOINT, CLIENT_ID, ACCOUNT_ID } = process.env;
const real = globalThis.fetch;

function wrap(token) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64");
  return [encode({ alg: "none" }), encode({ "https://api.openai.com/auth": { chatgpt_account_id: ACCOUNT_ID } }), token].join(".");
}

globalThis.fetch = async (address, options) => {
  if (String(address) !== "https://auth.openai.com/oauth/token") throw new Error(`Nothing else may be asked: ${address}`);
  const body = new URLSearchParams(String(options.body));
  body.set("client_id", CLIENT_ID);
  const response = await real(TOKEN_ENDPOINT, { ...options, body });
  if (!response.ok) return response;
  const tokens = await response.json();
  globalThis.refreshed = (globalThis.refreshed ?? 0) + 1;
  return Response.json({ ...tokens, access_token: wrap(tokens.access_token) });
};
