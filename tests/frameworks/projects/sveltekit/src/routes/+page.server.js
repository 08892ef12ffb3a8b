export const load = ({ locals, url, platform }) => ({
  user: locals.user,
  query: url.searchParams.get('q'),
  word: platform?.env?.WORD ?? null,
});
