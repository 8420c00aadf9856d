import * as vscode from 'vscode';
import type { Mesh, Steps } from '../../mesh/index.ts';
import type { MeshSource } from '../../sources/meshSource.ts';
import type { ChangeDocuments } from '../documents/changeDocuments.ts';
import type { ImpactDocuments } from '../documents/impactDocuments.ts';
import { setContextKey } from '../platform/contextKeys.ts';
import type { Disposable } from '../platform/disposables.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Cancelled, HumanError } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';
import { inSlices } from '../platform/slices.ts';
import { compared } from './compared.ts';

/** A change that somebody reads before it is written. */
export interface Review {
  readonly title: string;
  readonly source: Pick<MeshSource, 'current' | 'subscribe'>;
  /** Everything that follows from the change in a mesh; undefined where it would not be the same change any more. */
  readonly text: (mesh: Mesh) => Steps<string | undefined>;
  /** The mesh of the moment, once it is complete. */
  readonly mesh: () => Promise<Mesh>;
  readonly apply: () => Promise<void>;
  /** Asks the same again, of the mesh of the moment. */
  readonly again: () => Promise<void>;
}

/** Milliseconds without another change of the mesh before it is compared: clusters change in bursts. */
const quiet = 1_000;

/**
 * The one review that is open: the diff, beside it everything that follows from the change, and Apply and Discard in the
 * editor's title. It can be applied until the mesh changes in a way that makes another text of it.
 */
export class Reviews implements Disposable {
  readonly #changes: ChangeDocuments;
  readonly #impacts: ImpactDocuments;
  readonly #owned = new DisposableStore();
  #open: OpenReview | undefined;

  constructor(changes: ChangeDocuments, impacts: ImpactDocuments) {
    this.#changes = changes;
    this.#impacts = impacts;
    this.#owned.add(
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        // Whoever closes all of a review has discarded it.
        if (closed.length > 0 && !changes.isOpen && !impacts.isOpen) this.#end();
      }),
    );
  }

  /** Opens a review, whose diff is shown already, in place of the one before. */
  async open(review: Review): Promise<void> {
    this.#end();
    const text = await compared(review.text(await review.mesh()));
    if (text === undefined) throw new HumanError(changedSentence(review));
    await this.#impacts.show(review.title, text);
    this.#open = new OpenReview(review, text, () => {
      this.#invalidate(review);
    });
    setContextKey('istioMtls.review', 'valid');
  }

  /** Writes what is reviewed, if the mesh still says the same of it. */
  async apply(): Promise<void> {
    const { review, text } = this.#open ?? {};
    if (review === undefined) throw new HumanError('There is no change to apply.');
    if ((await compared(review.text(await review.mesh()))) !== text) {
      this.#invalidate(review);
      return;
    }
    await this.discard();
    await review.apply();
  }

  /** Closes the review; nothing is written. */
  async discard(): Promise<void> {
    this.#end();
    await this.#changes.close();
    await this.#impacts.close();
  }

  dispose(): void {
    this.#end();
    this.#owned.dispose();
  }

  #end(): void {
    this.#open?.dispose();
    this.#open = undefined;
    setContextKey('istioMtls.review', 'none');
  }

  #invalidate(review: Review): void {
    this.#end();
    setContextKey('istioMtls.review', 'outdated');
    const sentence = changedSentence(review);
    this.#impacts.note(`⚠ ${sentence}`);
    const again = 'Review Again';
    void vscode.window.showWarningMessage(unlinked(sentence), again).then(async (choice) => {
      if (choice !== again) return;
      await this.discard();
      await review.again();
    });
  }
}

function changedSentence({ title }: Review): string {
  return `The mesh has changed, so what was reviewed is not what "${title}" would do now. Nothing was written.`;
}

/** Follows the mesh until something else follows from the change. */
class OpenReview implements Disposable {
  readonly review: Review;
  readonly text: string;
  readonly #subscription: Disposable;
  #timer: NodeJS.Timeout | undefined;
  /** Ends the comparison with a mesh that is not the latest any more. */
  #comparing = new AbortController();

  constructor(review: Review, text: string, onOutdated: () => void) {
    this.review = review;
    this.text = text;
    const compare = (): void => {
      const mesh = review.source.current?.mesh;
      if (mesh === undefined) return;
      const { signal } = (this.#comparing = new AbortController());
      void saysOtherwise(review.text(mesh), text, signal).then((isOutdated) => {
        if (isOutdated) onOutdated();
      });
    };
    this.#subscription = review.source.subscribe(() => {
      clearTimeout(this.#timer);
      this.#comparing.abort();
      this.#timer = setTimeout(compare, quiet);
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#comparing.abort();
    this.#subscription.dispose();
  }
}

/** Whether a change has another text now; a comparison that was called off says nothing. */
async function saysOtherwise(
  text: Steps<string | undefined>,
  known: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const now = await inSlices(text, signal);
    return !signal.aborted && now !== known;
  } catch (error) {
    if (error instanceof Cancelled) return false;
    throw error;
  }
}
