import type { PolicyChange } from '../change/policyChange.ts';
import type { PolicyMode } from '../model/mode.ts';
import type { ObjectRef } from '../model/reference.ts';
import { describeRef } from './describe.ts';

/** A mode as a list offers it. */
export function policyModeWords(mode: PolicyMode): string {
  return mode === 'UNSET' ? 'No mode of its own' : mode;
}

/** What is about to be done to a policy, as a question. */
export function policyChangeQuestion(policy: ObjectRef, change: PolicyChange): string {
  const name = describeRef(policy);
  switch (change) {
    case 'deleted':
      return `Delete ${name}?`;
    case 'UNSET':
      return `Take the mode out of ${name}?`;
    default:
      return `Set ${change} in ${name}?`;
  }
}

/** What the button does that confirms it. */
export function policyChangeButton(change: PolicyChange): string {
  switch (change) {
    case 'deleted':
      return 'Delete Policy';
    case 'UNSET':
      return 'Take Mode Out';
    default:
      return `Set ${change}`;
  }
}

/** What was done, as the list of what can be undone says it. */
export function policyChangeTitle(policy: ObjectRef, change: PolicyChange): string {
  const name = describeRef(policy);
  switch (change) {
    case 'deleted':
      return `Deleted ${name}`;
    case 'UNSET':
      return `Took the mode out of ${name}`;
    default:
      return `Set ${change} in ${name}`;
  }
}

/** What is true when it is done: what the policy says, not what holds where others decide. */
export function policyChangedSentence(policy: ObjectRef, change: PolicyChange): string {
  const name = describeRef(policy);
  switch (change) {
    case 'deleted':
      return `${name} is deleted.`;
    case 'UNSET':
      return `${name} sets no mode now.`;
    default:
      return `${name} says ${change} now.`;
  }
}
