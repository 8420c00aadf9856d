import * as vscode from 'vscode';
import { Cancelled, HumanError } from '../platform/humanError.ts';
import { setting } from '../platform/settings.ts';
import type { Workbench } from './workbench.ts';

type Secrets = Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>;

/** Credentials are for one origin: another server at the same path must not be sent them. */
function keyOf(url: string): string {
  return `prometheus ${new URL(url).origin}`;
}

/** The `Authorization` header that is kept for a Prometheus; undefined where none is. */
export async function prometheusAuthorization(
  secrets: Secrets,
  url: string,
): Promise<string | undefined> {
  return secrets.get(keyOf(url));
}

/** Keeps a token, or a user and a password, for the Prometheus of the setting; nothing written takes it back. */
export async function setPrometheusCredentials({
  secrets,
}: Pick<Workbench, 'secrets'>): Promise<void> {
  const url = setting('istioMtls.prometheus').trim();
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new HumanError(
      'Name an address in the setting istioMtls.prometheus first: a Service is asked with the credentials of the kubeconfig.',
    );
  }
  const { origin } = new URL(url);
  const typed = await vscode.window.showInputBox({
    title: `Credentials for ${origin}`,
    prompt: 'A bearer token, or USER:PASSWORD. Leave it empty to forget what is kept.',
    password: true,
    ignoreFocusOut: true,
  });
  if (typed === undefined) throw new Cancelled();
  if (typed === '') await secrets.delete(keyOf(url));
  else await secrets.store(keyOf(url), authorizationOf(typed));
}

/** Tokens have no colon in them. */
function authorizationOf(typed: string): string {
  return typed.includes(':')
    ? `Basic ${Buffer.from(typed, 'utf8').toString('base64')}`
    : `Bearer ${typed}`;
}
