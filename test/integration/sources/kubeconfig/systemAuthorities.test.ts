import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'authorities-'));
const authorities = join(folder, 'authorities.pem');

/** Asks the server of a kubeconfig that names no certificate authority, and prints what came back. */
const question = `
  import { openTransport } from '${new URL('../../../../src/sources/transport/httpsTransport.ts', import.meta.url).href}';
  import { openCredentials } from '${new URL('../../../../src/sources/kubeconfig/credentials.ts', import.meta.url).href}';
  const server = process.argv[1];
  const cluster = { server, insecureSkipTlsVerify: false };
  const credentials = openCredentials({ name: 'there', namespace: 'default', cluster, user: {} });
  const transport = openTransport({ server, credentials });
  const answer = await transport.request({ method: 'GET', path: '/version' });
  console.log(answer.kind);
  transport.close();
`;

describe(
  'a cluster without a certificate authority in the kubeconfig',
  { skip: process.platform !== 'linux' },
  () => {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end('{}');
    });

    before(async () => {
      const names = [{ type: 7 as const, ip: '127.0.0.1' }];
      const { cert, private: key } = await generate([{ name: 'commonName', value: 'cluster' }], {
        extensions: [
          { name: 'basicConstraints', cA: true },
          { name: 'subjectAltName', altNames: names },
        ],
      });
      writeFileSync(authorities, cert);
      server.setSecureContext({ cert, key });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    after(() => {
      server.close();
      rmSync(folder, { recursive: true });
    });

    async function ask(systemAuthorities: string): Promise<string> {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', question, url], {
        env: {
          ...process.env,
          SSL_CERT_FILE: systemAuthorities,
          SSL_CERT_DIR: join(folder, 'none'),
        },
        timeout: 20_000,
      });
      return stdout.trim();
    }

    it('is trusted where the machine trusts its authority, as by kubectl', async () => {
      assert.equal(await ask(authorities), 'ok');
    });

    it('is not trusted where the machine does not', async () => {
      assert.equal(await ask(join(folder, 'none.pem')), 'unreachable');
    });
  },
);
