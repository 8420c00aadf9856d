// node application.ts PORT... : what runs in the pods that answer.
//
// PORT answers each HTTP request with what it saw, as JSON. tls:PORT does so behind a certificate of its own. tcp:PORT
// speaks first and then repeats what it hears.

import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { applicationCertificate, applicationKey } from './meshFolder.ts';

const pod = process.env['POD'] ?? '';

function answer(port: number): RequestListener {
  return (request, response) => {
    const { url: path, headers } = request;
    const body = JSON.stringify({ pod, port, path, headers });
    response.writeHead(200, { 'content-type': 'application/json' }).end(`${body}\n`);
  };
}

function listen(argument: string): void {
  const [kind, port] = argument.includes(':') ? argument.split(':') : ['http', argument];
  const number = Number(port);
  switch (kind) {
    case 'http':
      createServer(answer(number)).listen(number, '0.0.0.0');
      break;
    case 'tls': {
      const cert = readFileSync(applicationCertificate);
      const key = readFileSync(applicationKey);
      createTlsServer({ cert, key }, answer(number)).listen(number, '0.0.0.0');
      break;
    }
    case 'tcp':
      createTcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.write(`220 hello from ${pod}\r\n`);
        socket.pipe(socket);
      }).listen(number, '0.0.0.0');
      break;
    default:
      throw new RangeError(`${argument} is no port of an application.`);
  }
}

for (const argument of process.argv.slice(2)) listen(argument);
