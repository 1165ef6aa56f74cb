-- Three subrequests at once, decoded, reshaped and encoded: what Benchmarks/medley/compositions say, by hand.
local cjson = require "cjson"
local capture_multi = ngx.location.capture_multi

local function fail(call, reason, status)
    ngx.status = status
    ngx.header.content_type = "application/problem+json"
    ngx.print(cjson.encode({ status = status, call = call, reason = reason }))
end

local function value(call, response)
    if response.status < 200 or response.status > 299 or response.truncated then
        return nil, fail(call, "upstream_status", 502)
    end
    local decoded, body = pcall(cjson.decode, response.body)
    if not decoded then
        return nil, fail(call, "invalid_json", 502)
    end
    return body
end

local function reply(kind, user_id)
    local user, orders, products = capture_multi {
        { "/_origin/users/" .. user_id },
        { "/_origin/" .. kind .. "/orders?customer=" .. user_id },
        { "/_origin/" .. kind .. "/products?for=" .. user_id },
    }
    user = value("user", user)
    if not user then return end
    orders = value("orders", orders)
    if not orders then return end
    products = value("products", products)
    if not products then return end

    local lines = {}
    for i, order in ipairs(orders.items) do
        lines[i] = { id = order.id, total = order.total.amount, status = order.status }
    end
    local goods = {}
    for i, product in ipairs(products.items) do
        goods[i] = {
            id = product.id, name = product.name, price = product.price.amount, image = product.images[1].url,
        }
    end
    local body = cjson.encode {
        user = { id = user.id, name = user.name, city = user.address.city },
        greeting = "Hello " .. user.firstName .. "!",
        orders = lines,
        products = goods,
    }
    ngx.header.content_length = #body
    ngx.print(body)
end

return { reply = reply }
