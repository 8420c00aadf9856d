import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { protocolOf } from '../../../../src/mesh/model/protocol.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface ProtocolRow extends Row {
  readonly name?: string;
  readonly appProtocol?: string;
  readonly port?: number;
  /** The class; `TLS` is TCP that the application encrypts itself. */
  readonly is: 'HTTP' | 'TCP' | 'TLS' | 'AUTO';
}

const table: readonly ProtocolRow[] = [
  { says: 'is HTTP by its name', rules: ['R43'], name: 'http', is: 'HTTP' },
  { says: 'is HTTP by the first part of its name', rules: ['R43'], name: 'grpc-api', is: 'HTTP' },
  { says: 'is HTTP by a name in capitals', rules: ['R43'], name: 'HTTP2-x', is: 'HTTP' },
  { says: 'is HTTP by the name grpc-web', rules: ['R43'], name: 'grpc-web', is: 'HTTP' },
  { says: 'is TLS by the name https', rules: ['R43'], name: 'https-api', is: 'TLS' },
  { says: 'is TCP by the name of a database', rules: ['R43'], name: 'redis', is: 'TCP' },
  { says: 'declares nothing by any other name', rules: ['R43'], name: 'web', is: 'AUTO' },
  { says: 'declares nothing by a longer word', rules: ['R43'], name: 'httpx-1', is: 'AUTO' },
  {
    says: 'is what appProtocol says, whatever its name',
    rules: ['R43'],
    name: 'http',
    appProtocol: 'tcp',
    is: 'TCP',
  },
  {
    says: 'is HTTP by the appProtocol of Kubernetes',
    rules: ['R43'],
    appProtocol: 'kubernetes.io/h2c',
    is: 'HTTP',
  },
  {
    says: 'is TLS by the appProtocol of encrypted WebSockets',
    rules: ['R43'],
    appProtocol: 'kubernetes.io/wss',
    is: 'TLS',
  },
  {
    says: 'declares nothing by an unknown appProtocol, its name notwithstanding',
    rules: ['R43'],
    name: 'http',
    appProtocol: 'mine',
    is: 'AUTO',
  },
  ...[25, 53, 3306, 27017].map((port): ProtocolRow => ({
    says: `is TCP where port ${port} declares nothing`,
    rules: ['R43'],
    port,
    is: 'TCP',
  })),
  {
    says: 'is HTTP on port 3306, too, if it says so',
    rules: ['R43'],
    name: 'http',
    port: 3306,
    is: 'HTTP',
  },
];

describe('a Service port', () => {
  rows(table, ({ name = '', appProtocol, port = 8080, is }) => {
    const found = protocolOf({ port, name, appProtocol });
    assert.equal(found.applicationTls ? 'TLS' : found.class, is);
    if (found.applicationTls) assert.equal(found.class, 'TCP');
  });
});
