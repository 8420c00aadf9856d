import type { ExecOutcome, ExecRequest } from '../api/exec.ts';
import { adminAnswer, syncStatus } from '../envoy/admin.ts';
import type { AdminContext } from '../envoy/admin.ts';
import type { Json } from '../objects/json.ts';

/** `pilot-agent request GET PATH`: asks the Envoy of the same pod. */
export async function runPilotAgent(
  { command, pod, onStdout, onStderr }: ExecRequest,
  context: AdminContext,
): Promise<ExecOutcome> {
  const [, request, method, path = ''] = command;
  if (request !== 'request' || method !== 'GET' || command.length !== 4)
    return complain(onStderr, `Error: the demo mesh runs pilot-agent request GET PATH only\n`);
  const answer = await adminAnswer(context, pod, path);
  if (answer === undefined)
    return complain(onStderr, `Error: received unsuccessful status code 404\n`);
  return print(onStdout, answer);
}

/** `pilot-discovery request GET /debug/syncz`: asks istiod what proxies have acknowledged. */
export function runPilotDiscovery(
  { command, onStdout, onStderr }: ExecRequest,
  { storage }: AdminContext,
): ExecOutcome {
  const [, request, method, path] = command;
  if (request !== 'request' || method !== 'GET' || path !== '/debug/syncz')
    return complain(onStderr, 'Error: the demo mesh answers GET /debug/syncz only\n');
  return print(onStdout, syncStatus(storage));
}

/** As a kubelet does, in pieces: an answer can be longer than a frame may be. */
const pieceLength = 32 * 1024;

function print(onStdout: ExecRequest['onStdout'], answer: Json): ExecOutcome {
  const bytes = Buffer.from(JSON.stringify(answer));
  for (let at = 0; at < bytes.length; at += pieceLength)
    onStdout(bytes.subarray(at, at + pieceLength));
  return { kind: 'exited', code: 0 };
}

function complain(onStderr: ExecRequest['onStderr'], text: string): ExecOutcome {
  onStderr(Buffer.from(text));
  return { kind: 'exited', code: 1 };
}
