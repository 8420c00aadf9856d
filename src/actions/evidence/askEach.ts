/** How many proxies are asked at the same time. */
const AT_ONCE = 8;

/** Asks each of several, a few at once, until it is called off. Answers come in the order of the questions. */
export async function askEach<Question, Answer>(
  questions: readonly Question[],
  ask: (question: Question) => Promise<Answer>,
  { signal, report }: { readonly signal: AbortSignal; readonly report: (done: number) => void },
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < questions.length && !signal.aborted; at = next++) {
      const question = questions[at];
      if (question === undefined) return;
      answers[at] = await ask(question);
      done += 1;
      report(done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers.filter((answer) => answer !== undefined);
}
