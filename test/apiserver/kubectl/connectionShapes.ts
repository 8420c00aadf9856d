import type { Shape, ShapeKit } from './shape.ts';

/** How a cluster is reached. */
export function connectionShapes({ a, authority, only, urls }: ShapeKit): readonly Shape[] {
  const unverified = { server: urls.b, 'insecure-skip-tls-verify': true };
  return [
    {
      name: 'a server address with a path',
      files: { config: only({ token: 't1' }, { ...a, server: `${urls.a}/k8s/c-1` }) },
      asked: 'a/k8s/c-1 as bearer:t1',
    },
    {
      name: 'a server address with a slash at its end',
      files: { config: only({ token: 't1' }, { ...a, server: `${urls.a}/` }) },
      asked: 'a as bearer:t1',
    },
    {
      name: 'a certificate authority as a file relative to the kubeconfig',
      files: {
        'sub/config': only({ token: 't1' }, { server: urls.a, 'certificate-authority': 'ca.crt' }),
        'sub/ca.crt': authority.certificate,
      },
      list: ['sub/config'],
      asked: 'a as bearer:t1',
    },
    {
      name: 'a server whose certificate another authority signed',
      files: { config: only({ token: 't1' }, { ...a, server: urls.b }) },
      asked: 'nobody',
    },
    {
      name: 'a server without an authority, which the system does not know either',
      files: { config: only({ token: 't1' }, { server: urls.a }) },
      asked: 'nobody',
    },
    {
      name: 'a server whose certificate is not to be verified',
      files: { config: only({ token: 't1' }, unverified) },
      asked: 'b as bearer:t1',
    },
    {
      name: 'a server name that the certificate does not have',
      files: { config: only({ token: 't1' }, { ...a, 'tls-server-name': 'mesh.example' }) },
      asked: 'nobody',
    },
    {
      name: 'a server name that the certificate has',
      files: { config: only({ token: 't1' }, { ...a, 'tls-server-name': 'localhost' }) },
      asked: 'a as bearer:t1',
    },
    {
      name: 'a proxy of the cluster',
      files: { config: only({ token: 't1' }, { ...a, 'proxy-url': urls.proxy }) },
      asked: 'proxy, a as bearer:t1',
    },
    {
      name: 'a SOCKS5 proxy, which resolves the name of the server',
      files: {
        config: only(
          { token: 't1' },
          {
            ...a,
            server: 'https://cluster.invalid:443',
            'tls-server-name': 'localhost',
            'proxy-url': urls.socks,
          },
        ),
      },
      asked: 'socks to cluster.invalid:443, a as bearer:t1',
    },
    {
      name: 'a proxy of a kind that there is not',
      files: { config: only({ token: 't1' }, { ...a, 'proxy-url': 'gopher://127.0.0.1:1' }) },
      asked: 'nobody',
    },
    {
      name: 'disable-compression, which changes nothing of what is asked',
      files: { config: only({ token: 't1' }, { ...a, 'disable-compression': true }) },
      asked: 'a as bearer:t1',
    },
  ];
}
