import assert from 'node:assert/strict';

/** Where `npm start` says that VS Code for the browser is. */
export function addressIn(printed: string): string {
  const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(printed)?.[0];
  assert.ok(address, printed);
  return address;
}

/** Asks without a browser: redirects are not followed, and nothing is remembered. */
export function get(address: string, headers = {}): Promise<Response> {
  return fetch(address, { headers, redirect: 'manual', signal: AbortSignal.timeout(10_000) });
}

/** The page as a browser gets it: the secret becomes a cookie, and the address is opened again without it. */
export async function pageAt(address: string): Promise<string> {
  const first = await get(address);
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
  const next = new URL(first.headers.get('location') ?? '', address);
  const page = await get(next.href, { cookie });
  assert.equal(page.status, 200);
  return page.text();
}
