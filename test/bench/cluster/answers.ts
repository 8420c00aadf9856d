/**
 * The side of a child process of the bench: answers what it is asked, and ends with its parent. Whoever starts the
 * process sends it questions of the one type that `answer` takes.
 */
export function answerQuestions(answer: (question: never) => Promise<unknown>): void {
  process.on('message', (question) => {
    answer(question as never).then(
      (value) => process.send?.({ value }),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
