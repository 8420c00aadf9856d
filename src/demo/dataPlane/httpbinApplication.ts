import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Longest body that is echoed, in bytes. */
const echoLimit = 64 * 1024;
const longestDelaySeconds = 10;

/**
 * The part of go-httpbin that mesh tutorials use: /headers, /ip, /get, /post, /anything,
 * /user-agent, /status/CODE, /delay/SECONDS. https://httpbingo.org
 */
export async function httpbin(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, first = '', second = ''] = url.pathname.split('/');
  const headers = headersOf(request);
  const origin = request.socket.remoteAddress ?? '';
  const args = Object.fromEntries(url.searchParams);
  const echo = {
    args,
    headers,
    method: request.method ?? 'GET',
    origin,
    url: absoluteUrl(request),
  };
  switch (first) {
    case '':
      sendText(response, 'text/html; charset=utf-8', '<title>go-httpbin</title>');
      return;
    case 'headers':
      sendJson(response, { headers });
      return;
    case 'ip':
      sendJson(response, { origin });
      return;
    case 'user-agent':
      sendJson(response, { 'user-agent': request.headers['user-agent'] ?? '' });
      return;
    case 'get':
    case 'post':
    case 'anything':
      sendJson(response, { ...echo, data: await bodyOf(request) });
      return;
    case 'status':
      response.writeHead(isStatus(second) ? Number(second) : 400).end();
      return;
    case 'delay':
      await delay(Math.min(Number(second) || 0, longestDelaySeconds) * 1000, undefined, {
        ref: false,
      });
      sendJson(response, echo);
      return;
    default:
      response
        .writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' })
        .end('404 page not found\n');
  }
}

function isStatus(text: string): boolean {
  return /^[2-5]\d\d$/.test(text);
}

/** Names as Go spells them, each with the list of its values. */
function headersOf(request: IncomingMessage): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  for (const name of Object.keys(request.headersDistinct).sort()) {
    found[canonicalName(name)] = request.headersDistinct[name] ?? [];
  }
  return found;
}

function canonicalName(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function absoluteUrl(request: IncomingMessage): string {
  return `http://${request.headers.host ?? ''}${request.url ?? '/'}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    if (text.length < echoLimit) text += String(chunk);
  }
  return text;
}

/** Answers with indented JSON, as go-httpbin does. */
export function sendJson(response: ServerResponse, value: unknown): void {
  sendText(response, 'application/json; charset=utf-8', `${JSON.stringify(value, undefined, 2)}\n`);
}

export function sendText(response: ServerResponse, contentType: string, text: string): void {
  response.writeHead(200, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
