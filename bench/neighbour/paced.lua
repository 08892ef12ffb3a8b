-- A pause between a connection's requests: a load that leaves cores free, so that what is measured
-- is the other tenant's doing and not wrk's own.
function delay()
  return math.random(5, 15)
end
