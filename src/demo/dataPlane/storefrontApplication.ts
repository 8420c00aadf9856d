import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendText } from './httpbinApplication.ts';

/** The front page of the Hipster Shop. */
export function frontend(request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  if (path === '/_healthz') sendText(response, 'text/plain', 'ok');
  else if (path === '/')
    sendText(
      response,
      'text/html; charset=utf-8',
      '<!DOCTYPE html>\n<title>Online Boutique</title>\n',
    );
  else response.writeHead(404).end();
}
