import type { IncomingHttpHeaders } from 'node:http';

import { asList, asObject, asText, fieldAt, textAt } from './jsonValue.ts';
import type { KubeFailure, StatusCause } from './kubeFailure.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/** Reads the answer of a request that did not succeed: a `Status`, or whatever a proxy in between said. */
export function statusFailure(
  status: number,
  text: string,
  headers: IncomingHttpHeaders,
): KubeFailure {
  const body = parseJson(text);
  const retryAfter = Number(headers['retry-after']);
  return {
    kind: 'status',
    status,
    reason: textAt(body, 'reason') ?? '',
    message: withoutSecrets(textAt(body, 'message') ?? plainMessage(text)),
    causes: asList(fieldAt(body, 'details', 'causes')).flatMap((cause) => statusCause(cause)),
    ...(Number.isFinite(retryAfter) && { retryAfterMs: retryAfter * 1000 }),
  };
}

/** The failure that an `ERROR` event of a watch carries; its object is a Status. */
export function watchErrorFailure(object: unknown): KubeFailure {
  const code = asObject(object)?.['code'];
  return statusFailure(typeof code === 'number' ? code : 500, JSON.stringify(object ?? null), {});
}

function statusCause(value: unknown): StatusCause[] {
  const cause = asObject(value);
  if (cause === undefined) return [];
  return [
    {
      reason: asText(cause['reason']) ?? '',
      message: withoutSecrets(asText(cause['message']) ?? ''),
      field: asText(cause['field']) ?? '',
    },
  ];
}

/** A proxy's page of HTML says nothing to a person; a short plain line does. */
function plainMessage(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.startsWith('<') || line.startsWith('{') ? '' : line.slice(0, 200);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
