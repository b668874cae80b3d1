/** How pages ask the server: what they load, and what they do. */

import { useMutation, useQuery, useQueryClient, type QueryKey, type UseMutationResult, type UseQueryResult } from "@tanstack/react-query";

import { toast } from "../ui/toast";
import { ok, type Outcome } from "./client";

interface LoadOptions<T> {
  every?: number | ((data: T | undefined) => number | false);
  enabled?: boolean;
  keep?: boolean;
  stale?: number;
}

/** What the server holds under a key; asked again `every` so many milliseconds. */
export function useLoad<T>(key: QueryKey, call: () => Promise<Outcome<T>>, options: LoadOptions<T> = {}): UseQueryResult<T> {
  const { every, enabled, keep, stale } = options;
  return useQuery<T>({
    queryKey: key,
    queryFn: () => ok(call()),
    ...(enabled === undefined ? {} : { enabled }),
    ...(stale === undefined ? {} : { staleTime: stale }),
    ...(keep === true ? { placeholderData: (before: T | undefined) => before as never } : {}),
    ...(every === undefined ? {} : { refetchInterval: typeof every === "number" ? every : (query) => every(query.state.data as T | undefined) }),
  });
}

interface ActOptions<T, V> {
  /** Keys whose data is asked for again. */
  touches?: QueryKey[];
  /** What is said when it worked. */
  says?: string | ((result: T) => string);
  done?: (result: T, given: V) => unknown;
}

/** Something a person does; what it changes is loaded anew. */
export function useAct<T, V = void>(act: (given: V) => Promise<Outcome<T>>, options: ActOptions<T, V> = {}): UseMutationResult<T, Error, V> {
  const queries = useQueryClient();
  return useMutation<T, Error, V>({
    mutationFn: (given) => ok(act(given)),
    onSuccess: async (result, given) => {
      await Promise.all((options.touches ?? []).map((queryKey) => queries.invalidateQueries({ queryKey })));
      if (options.says !== undefined) toast(typeof options.says === "string" ? options.says : options.says(result));
      await options.done?.(result, given);
    },
  });
}
