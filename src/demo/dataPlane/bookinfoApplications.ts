import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../objects/json.ts';
import type { Fetch, HttpHandler } from './application.ts';
import { sendText } from './httpbinApplication.ts';

const bookinfoPort = 9080;
const html = 'text/html; charset=utf-8';
const json = 'application/json';

/** `/ratings/N`: the stars of two reviewers. */
export function ratings(request: IncomingMessage, response: ServerResponse): void {
  const [, root, id = ''] = pathOf(request).split('/');
  if (root === 'health') answer(response, { status: 'Ratings is healthy' });
  else if (root !== 'ratings') response.writeHead(404).end();
  else if (!/^\d+$/.test(id)) {
    response.writeHead(400, { 'Content-Type': json });
    response.end(JSON.stringify({ error: 'please provide numeric product ID' }));
  } else answer(response, { id: Number(id), ratings: { Reviewer1: 5, Reviewer2: 4 } });
}

export function details(request: IncomingMessage, response: ServerResponse): void {
  const [, root, id = '0'] = pathOf(request).split('/');
  if (root === 'health') answer(response, { status: 'Details is healthy' });
  else if (root !== 'details') response.writeHead(404).end();
  else {
    answer(response, {
      id: Number(id),
      author: 'William Shakespeare',
      year: 1595,
      type: 'paperback',
      pages: 200,
      publisher: 'PublisherA',
      language: 'English',
      'ISBN-10': '1234567890',
      'ISBN-13': '123-1234567890',
    });
  }
}

/** Version 1 shows no stars; the others ask `ratings` for them and colour them. */
export function reviews(color: string | undefined): HttpHandler {
  return async (request, response, fetch) => {
    const [, root, id = '0'] = pathOf(request).split('/');
    if (root === 'health') answer(response, { status: 'Reviews is healthy' });
    else if (root !== 'reviews') response.writeHead(404).end();
    else {
      const rating = color === undefined ? {} : { rating: await ratingOf(fetch, id, color) };
      const reviewers = ['Reviewer1', 'Reviewer2'].map((reviewer) => ({ reviewer, ...rating }));
      answer(response, { id, reviews: reviewers });
    }
  };
}

async function ratingOf(fetch: Fetch, id: string, color: string): Promise<JsonObject> {
  const { status } = await fetch('ratings', bookinfoPort, `/ratings/${id}`);
  return status === 200
    ? { stars: 5, color }
    : { error: 'Ratings service is currently unavailable' };
}

/** `/productpage`: the page that puts the others together and says which of them it cannot reach. */
export const productPage: HttpHandler = async (request, response, fetch) => {
  const path = pathOf(request);
  if (path === '/health') sendText(response, html, 'Product page is healthy');
  else if (path !== '/productpage' && path !== '/') response.writeHead(404).end();
  else {
    const [detail, review] = await Promise.all([
      fetch('details', bookinfoPort, '/details/0'),
      fetch('reviews', bookinfoPort, '/reviews/0'),
    ]);
    sendText(response, html, page(detail.status === 200, review.status === 200));
  }
};

function page(hasDetails: boolean, hasReviews: boolean): string {
  const sorry = (what: string): string =>
    `<p>Sorry, ${what} are currently unavailable for this book.</p>`;
  return [
    '<!DOCTYPE html>\n<html>\n  <head>\n    <title>Simple Bookstore App</title>\n  </head>\n  <body>',
    '<h3>The Comedy of Errors</h3>',
    hasDetails ? '<h4>Book Details</h4>' : sorry('product details'),
    hasReviews ? '<h4>Book Reviews</h4>' : sorry('product reviews'),
    '  </body>\n</html>\n',
  ].join('\n');
}

function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? '/', 'http://localhost').pathname;
}

function answer(response: ServerResponse, body: JsonObject): void {
  sendText(response, json, JSON.stringify(body));
}
