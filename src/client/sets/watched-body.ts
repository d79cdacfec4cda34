/** Hears how a body ends: one of these is called, once. */
export interface BodyWatch {
  /** All of it has been read; its text, where that was asked for. */
  done(text: string | undefined): void;
  failed(error: unknown): void;
  /** The rest will not be read. */
  cancelled(): void;
}

/** The same body, with a watch that hears how it ends. It is read no faster than its reader reads. */
export function watchedBody(
  body: ReadableStream<Uint8Array>,
  watch: BodyWatch,
  keepsText: boolean,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (keepsText) text += decoder.decode(value, { stream: !done });
          if (!done) {
            controller.enqueue(value);
            return;
          }
          watch.done(keepsText ? text : undefined);
          controller.close();
        } catch (error) {
          watch.failed(error);
          controller.error(error);
        }
      },
      async cancel(reason) {
        watch.cancelled();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
