import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCurlArguments } from '../../../src/demo/exec/curlArguments.ts';

describe('curl in the demo', () => {
  const accepted: readonly (readonly string[])[] = [
    ['-s', '-o', '/dev/null', '-w', '%{http_code}\\n', 'http://httpbin.foo:8000/ip'],
    ['-sSI', 'http://a'],
    ['-m5', '-H', 'Host: b', 'a:80'],
    ['-sS', '-i', '-g', '--max-time', '5', '-w', '\n%{http_code}', 'http://a'],
    ['-XPOST', '-d', 'x=1', 'a'],
  ];
  for (const args of accepted) {
    it(`runs ${args.join(' ')}`, () => {
      assert.equal(parseCurlArguments(args).kind, 'accepted');
    });
  }

  const refused: readonly (readonly [string, readonly string[]])[] = [
    ['write a file', ['-o', '/tmp/x', 'a']],
    ['write a file with a short group', ['-so/tmp/x', 'a']],
    ['write a file named after the URL', ['-O', 'a/b']],
    ['write a file from the format', ['-w', '%output{/tmp/x}', 'a']],
    ['read the format from a file', ['-w', '@/etc/passwd', 'a']],
    ['send a file as data', ['-d', '@/etc/passwd', 'a']],
    ['send a file as a header', ['-H', '@/etc/passwd', 'a']],
    ['read URLs from a file', ['@/etc/passwd']],
    ['read URLs from a file by the option', ['--url', '@/etc/passwd']],
    ['upload a file', ['-T', '/etc/passwd', 'a']],
    ['post a form with a file', ['-F', 'a=@/etc/passwd', 'a']],
    ['read a configuration', ['-K', '/tmp/x']],
    ['read a configuration by its long name', ['--config', '/tmp/x']],
    ['use a proxy', ['-x', 'http://proxy', 'a']],
    ['send its connections elsewhere', ['--connect-to', '::example.com:', 'a']],
    ['resolve names elsewhere', ['--resolve', 'a:80:1.2.3.4', 'a']],
    ['use another protocol', ['--proto', '=file', 'file:///etc/passwd']],
    ['use an abbreviated option', ['--outpu', '/tmp/x', 'a']],
    ['use an option with an attached value', ['--output=/tmp/x', 'a']],
    ['use an option of the object prototype', ['--constructor', 'a']],
    ['read passwords', ['--netrc', 'a']],
    ['run without a URL', ['-s']],
    ['run with an option that lacks its value', ['a', '-m']],
  ];
  for (const [what, args] of refused) {
    it(`does not ${what}`, () => {
      assert.equal(parseCurlArguments(args).kind, 'refused');
    });
  }
});
