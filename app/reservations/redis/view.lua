-- What the session holds right now.
-- request  {session}
-- answer   {view}

return answer({ view = view(find(request.session)) })
