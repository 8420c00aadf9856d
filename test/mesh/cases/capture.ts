import { peerAuthentication, sleeps } from './clients.ts';
import type { Setting } from './setting.ts';

const strict = peerAuthentication('istio-system', 'default', '{ mtls: { mode: STRICT } }');

/** Pods whose sidecars do not see everything, or that are labelled otherwise than they are. */
export const captureSettings: readonly Setting[] = [
  {
    name: 'odd pods, without a policy',
    yaml: '',
    calls: {
      'excluded.bar:8000': sleeps('refused by server, 503', 'refused by server, 503', 'plaintext'),
      'excluded.bar:8090': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'included.bar:8000': sleeps('refused by server, 503', 'refused by server, 503', 'plaintext'),
      'included.bar:8090': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'native.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'plaintext'),
      'tls-label-off.bar:8000': sleeps('plaintext', 'plaintext', 'plaintext'),
      'tls-label-on.legacy:8000': sleeps(
        'refused by server, 503',
        'refused by server, 503',
        'plaintext',
      ),
      'httpbin.bar:8000': {
        'foo/port-excluded': 'plaintext',
        'foo/range-excluded': 'plaintext',
        'legacy/on-host': 'plaintext',
      },
      'declared.bar:8200': { 'foo/port-excluded': 'mutual-tls', 'foo/range-excluded': 'plaintext' },
      'httpbin.legacy:8000': {
        'foo/port-excluded': 'plaintext',
        'foo/range-excluded': 'plaintext',
        'legacy/on-host': 'plaintext',
      },
    },
  },
  {
    name: 'odd pods, STRICT',
    yaml: strict,
    calls: {
      'excluded.bar:8000': sleeps('refused by server, 503', 'refused by server, 503', 'plaintext'),
      'excluded.bar:8090': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'included.bar:8000': sleeps('refused by server, 503', 'refused by server, 503', 'plaintext'),
      'included.bar:8090': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'native.bar:8000': sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56'),
      'tls-label-off.bar:8000': sleeps(
        'refused by server, 503',
        'refused by server, 503',
        'refused by server, 56',
      ),
      'tls-label-on.legacy:8000': sleeps(
        'refused by server, 503',
        'refused by server, 503',
        'plaintext',
      ),
      'httpbin.bar:8000': {
        'foo/port-excluded': 'refused by server, 56',
        'foo/range-excluded': 'refused by server, 56',
        'legacy/on-host': 'refused by server, 56',
      },
      'declared.bar:8200': {
        'foo/port-excluded': 'mutual-tls',
        'foo/range-excluded': 'refused by server, 56',
      },
      '{{bar/excluded}}:8080': sleeps('plaintext', 'plaintext', 'plaintext'),
    },
  },
  {
    name: 'odd pods, DISABLE',
    yaml: peerAuthentication('bar', 'default', '{ mtls: { mode: DISABLE } }'),
    calls: {
      'excluded.bar:8000': sleeps('plaintext', 'plaintext', 'plaintext'),
      'included.bar:8000': sleeps('plaintext', 'plaintext', 'plaintext'),
      'native.bar:8000': sleeps('plaintext', 'plaintext', 'plaintext'),
      'tls-label-off.bar:8000': sleeps('plaintext', 'plaintext', 'plaintext'),
    },
  },
  {
    name: 'one of two pods is DISABLE',
    yaml:
      strict +
      peerAuthentication(
        'bar',
        'one',
        '{ selector: { matchLabels: { app: native } }, mtls: { mode: DISABLE } }',
      ),
    calls: {
      'native.bar:8000': sleeps('plaintext', 'plaintext', 'plaintext'),
      'native.bar:8090': sleeps('plaintext', 'plaintext', 'plaintext'),
    },
  },
];
