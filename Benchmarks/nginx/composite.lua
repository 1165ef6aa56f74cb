-- Subrequests at once, decoded, reshaped and encoded: what Benchmarks/medley/compositions say, by hand.
local cjson = require "cjson"
local new_table = require "table.new"
local capture_multi = ngx.location.capture_multi

local function fail(reason, status)
    ngx.status = status
    ngx.header.content_type = "application/problem+json"
    ngx.print(cjson.encode({ status = status, reason = reason }))
end

-- The decoded bodies in the order of the paths; nothing once a problem has been sent.
local function fetch(paths)
    local requests = new_table(#paths, 0)
    for i = 1, #paths do
        requests[i] = { "/_origin" .. paths[i] }
    end
    local responses = { capture_multi(requests) }
    local bodies = new_table(#paths, 0)
    for i = 1, #paths do
        local response = responses[i]
        if response.status < 200 or response.status > 299 or response.truncated then
            return fail("upstream_status", 502)
        end
        local decoded, body = pcall(cjson.decode, response.body)
        if not decoded then
            return fail("invalid_json", 502)
        end
        bodies[i] = body
    end
    return bodies
end

local function send(value)
    local body = cjson.encode(value)
    ngx.header.content_length = #body
    ngx.print(body)
end

local function person(user)
    return { id = user.id, name = user.name, city = user.address.city }
end

local function order_lines(items)
    local lines = new_table(#items, 0)
    for i = 1, #items do
        local order = items[i]
        lines[i] = { id = order.id, total = order.total.amount, status = order.status }
    end
    return lines
end

local function goods(items)
    local list = new_table(#items, 0)
    for i = 1, #items do
        local product = items[i]
        list[i] = {
            id = product.id, name = product.name, price = product.price.amount, image = product.images[1].url,
        }
    end
    return list
end

local function opinions(items)
    local list = new_table(#items, 0)
    for i = 1, #items do
        list[i] = { stars = items[i].stars, text = items[i].text }
    end
    return list
end

local composite = {}

function composite.screen(kind, id)
    local bodies = fetch {
        "/users/" .. id, "/" .. kind .. "/orders?customer=" .. id, "/" .. kind .. "/products?for=" .. id,
    }
    if not bodies then return end
    local user = bodies[1]
    send {
        user = person(user),
        greeting = "Hello " .. user.firstName .. "!",
        orders = order_lines(bodies[2].items),
        products = goods(bodies[3].items),
    }
end

-- Decoded though nothing is taken from the bodies: gluing the texts together would pass on what is no JSON.
function composite.merge(id)
    local bodies = fetch { "/users/" .. id, "/large/orders?customer=" .. id, "/large/products?for=" .. id }
    if not bodies then return end
    send { user = bodies[1], orders = bodies[2], products = bodies[3] }
end

function composite.account(id)
    local bodies = fetch {
        "/users/" .. id, "/partners/" .. id,
        "/large/orders?customer=" .. id, "/large/returns?customer=" .. id,
        "/large/products?for=" .. id, "/large/similar?for=" .. id,
        "/reviews/" .. id, "/questions/" .. id,
    }
    if not bodies then return end
    local user = bodies[1]
    ngx.header.content_language = user.locale
    send {
        user = person(user),
        greeting = "Hello " .. user.firstName .. "!",
        partner = person(bodies[2]),
        orders = order_lines(bodies[3].items),
        returns = order_lines(bodies[4].items),
        products = goods(bodies[5].items),
        similar = goods(bodies[6].items),
        reviews = opinions(bodies[7].items),
        questions = opinions(bodies[8].items),
    }
end

return composite
