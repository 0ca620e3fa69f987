-- Held units of each product, split for the session (none: everybody is another).
-- request  {session, productIds}
-- answer   {held = {of each product in order}}

return answer({ held = held(request.session and find(request.session), request.productIds) })
