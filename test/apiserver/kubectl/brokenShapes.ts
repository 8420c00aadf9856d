import { config, type Shape, type ShapeKit } from './shape.ts';

/** What kubectl refuses to use. */
export function brokenShapes({
  a,
  ab,
  bob,
  authority,
  pem,
  only,
  plugin,
  printing,
}: ShapeKit): readonly Shape[] {
  return [
    {
      name: 'no current context',
      files: { config: config({ clusters: { a }, users: {}, contexts: { x: ab } }) },
      asked: 'nobody',
    },
    {
      name: 'a current context that does not exist',
      files: { config: config({ current: 'gone', clusters: { a }, contexts: { x: ab } }) },
      asked: 'nobody',
    },
    {
      name: 'a context whose cluster does not exist',
      files: { config: config({ current: 'x', users: { u: {} }, contexts: { x: ab } }) },
      asked: 'nobody',
    },
    {
      name: 'a context whose user does not exist',
      files: { config: config({ current: 'x', clusters: { a }, contexts: { x: ab } }) },
      asked: 'nobody',
    },
    {
      name: 'a client certificate both as data and as a file',
      files: {
        config: only({ ...pem, 'client-certificate': 'bob.crt', 'client-key': 'bob.key' }),
        'bob.crt': bob.certificate,
        'bob.key': bob.key,
      },
      asked: 'nobody',
    },
    {
      name: 'a certificate authority both as data and as a file',
      files: {
        config: only({ token: 't1' }, { ...a, 'certificate-authority': 'ca.crt' }),
        'ca.crt': authority.certificate,
      },
      asked: 'nobody',
    },
    {
      name: 'a token and a password',
      files: { config: only({ token: 't1', username: 'ann', password: 'pw' }) },
      asked: 'nobody',
    },
    {
      name: 'a certificate authority although the certificate is not to be verified',
      files: { config: only({ token: 't1' }, { ...a, 'insecure-skip-tls-verify': true }) },
      asked: 'nobody',
    },
    {
      name: 'a credential plugin of an API version that does not exist',
      files: { config: only(plugin({ ...printing, apiVersion: 'example.com/v1' })) },
      asked: 'nobody',
    },
    {
      name: 'a credential plugin that does not say whether it is interactive',
      files: { config: only(plugin({ ...printing, interactiveMode: undefined })) },
      asked: 'nobody',
    },
    {
      name: 'a credential plugin that needs a terminal',
      files: { config: only(plugin({ ...printing, interactiveMode: 'Always' })) },
      asked: 'nobody',
    },
    {
      name: 'a credential plugin that answers in another API version',
      files: {
        config: only(plugin({ ...printing, apiVersion: 'client.authentication.k8s.io/v1beta1' })),
      },
      asked: 'nobody',
    },
    {
      name: 'a client certificate without its key',
      files: { config: only({ 'client-certificate-data': pem['client-certificate-data'] }) },
      asked: 'nobody',
    },
    {
      name: 'a client certificate file that does not exist',
      files: { config: only({ 'client-certificate': 'gone', 'client-key': 'gone' }) },
      asked: 'nobody',
    },
    { name: 'broken YAML', files: { config: 'clusters: [' }, asked: 'nobody' },
    {
      name: 'broken YAML in one file of a list',
      files: { broken: 'clusters: [', config: only({ token: 't1' }) },
      list: ['config', 'broken'],
      asked: 'nobody',
    },
    {
      name: 'a list that names a folder',
      files: { 'folder/file': '', config: only({ token: 't1' }) },
      list: ['config', 'folder'],
      asked: 'nobody',
    },
    {
      name: 'a token that YAML reads as a number',
      files: { config: only({ token: 12345 }) },
      asked: 'nobody',
    },
    {
      name: 'a namespace that YAML reads as a truth value',
      files: {
        config: config({
          current: 'x',
          clusters: { a },
          users: { u: {} },
          contexts: { x: { ...ab, namespace: true } },
        }),
      },
      asked: 'nobody',
    },
    {
      name: 'another kind of object',
      files: { config: { ...only({ token: 't1' }), kind: 'Pod' } },
      asked: 'nobody',
    },
    {
      name: 'a context that is named twice in one file',
      files: {
        config: {
          ...only({ token: 't1' }),
          contexts: [
            { name: 'x', context: ab },
            { name: 'x', context: { cluster: 'b', user: 'u' } },
          ],
        },
      },
      asked: 'nobody',
    },
  ];
}
