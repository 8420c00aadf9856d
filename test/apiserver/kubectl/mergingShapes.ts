import { config, type Shape, type ShapeKit } from './shape.ts';

/** How several files become one kubeconfig. */
export function mergingShapes({ a, b, ab }: ShapeKit): readonly Shape[] {
  const first = config({
    current: 'x',
    clusters: { a },
    users: { u: { token: 'first' } },
    contexts: { x: ab },
  });
  const second = config({
    current: 'y',
    clusters: { a: b, b },
    users: { u: { token: 'second' }, v: { token: 'v' } },
    contexts: { x: { cluster: 'b', user: 'v' }, y: { cluster: 'b', user: 'v' } },
  });
  const files = { first, second };
  const list = ['first', 'second'];
  return [
    {
      name: 'the first file wins for current context, context, cluster and user',
      files,
      list,
      asked: 'a as bearer:first',
    },
    {
      name: 'the other order wins the other way round',
      files,
      list: ['second', 'first'],
      asked: 'b as bearer:v',
    },
    {
      name: 'a context of a later file by name',
      files,
      list,
      context: 'y',
      asked: 'b as bearer:v',
    },
    {
      name: 'a missing file in the list is skipped',
      files,
      list: ['absent', 'first'],
      asked: 'a as bearer:first',
    },
    {
      name: 'an empty file in the list is skipped',
      files: { ...files, empty: '' },
      list: ['empty', 'first'],
      asked: 'a as bearer:first',
    },
    {
      name: 'the same file twice counts once',
      files,
      list: ['first', 'first'],
      asked: 'a as bearer:first',
    },
    {
      name: 'context, cluster and user in three files',
      files: {
        one: config({ current: 'x', contexts: { x: ab } }),
        two: config({ clusters: { a } }),
        three: config({ users: { u: { token: 'three' } } }),
      },
      list: ['one', 'two', 'three'],
      asked: 'a as bearer:three',
    },
    {
      name: 'a user is taken from the first file as a whole, never field by field',
      files: {
        one: config({ users: { u: { username: 'ann', password: 'pw' } } }),
        two: first,
      },
      list: ['one', 'two'],
      asked: 'a as basic:ann:pw',
    },
    {
      name: 'an empty current context does not hide that of a later file',
      files: { one: { ...config({}), 'current-context': '' }, two: first },
      list: ['one', 'two'],
      asked: 'a as bearer:first',
    },
    {
      name: 'paths belong to the file that names them',
      files: {
        'one/config': config({ current: 'x', clusters: { a }, contexts: { x: ab } }),
        'two/config': config({ users: { u: { tokenFile: 'token' } } }),
        'one/token': 'wrong',
        'two/token': 'right',
      },
      list: ['one/config', 'two/config'],
      asked: 'a as bearer:right',
    },
  ];
}
