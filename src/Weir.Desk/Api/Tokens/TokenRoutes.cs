// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;
using Weir.Wire;

namespace Weir.Desk.Api.Tokens;

/// <summary>Tokens for scripts: made, listed, ended; each on record first. A token makes no token.</summary>
internal sealed class TokenRoutes(ApiTokens tokens, IAuditLog audit)
{
    private const int MaxName = 64;
    private const int MaxNetworks = 16;

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<TokenRequest, TokenMade>
        {
            Method = HttpMethods.Post, Path = "tokens", Roles = RouteRoles.Everyone, Repeat = RouteRepeat.ByName,
            Summary = "A token for scripts that ask over TLS, as the caller and in the caller's role.",
            Refusals = [DenyCodes.ToName(DenyCode.RoleMayNot), DenyCodes.ToName(DenyCode.ActionNotAllowed)],
            Body = TokenJson.Default.TokenRequest, Answer = TokenJson.Default.TokenMade,
            Refusal = (_, _) => RouteRefusal.Of(AuditActions.MakeToken, ""), Handle = MakeAsync,
        })
        .Add(new ApiRoute<TokensResponse>
        {
            Method = HttpMethods.Get, Path = "tokens", Roles = RouteRoles.Everyone, Repeat = RouteRepeat.Reads,
            Summary = "The caller's own tokens; everybody's for who may end them: the privacy officer and the "
                + "administrator.",
            Answer = TokenJson.Default.TokensResponse,
            Refusal = _ => RouteRefusal.Of(AuditActions.MakeToken, "list"),
            Handle = call => Task.FromResult(new TokensResponse([.. Theirs(call).Select(Summary)])),
        })
        .Add(new ApiRoute<TokenRevoked>
        {
            Method = HttpMethods.Post, Path = "tokens/{id}/revocation", Roles = RouteRoles.Everyone,
            Repeat = RouteRepeat.ByName, Refusals = ["unknown"],
            Summary = "End one of the caller's own tokens, at once; the privacy officer and the administrator may end "
                + "anybody's.",
            Answer = TokenJson.Default.TokenRevoked,
            Refusal = call => RouteRefusal.Of(AuditActions.RevokeToken, call.Part("id")), Handle = RevokeAsync,
        });

    private async Task<TokenMade> MakeAsync(ApiCall call, TokenRequest asked)
    {
        if (call.IsByToken)
        {
            throw ApiRefusalException.From(new(
                DenyCode.RoleMayNot, "A token makes no token; ask over the people's socket: weir token new."));
        }

        var wish = Read(asked);
        if (tokens.All().Any(one => one.User == call.Actor.Name && one.Name == wish.Name))
        {
            throw ApiRefusalException.From(new(
                DenyCode.ActionNotAllowed,
                $"{call.Actor.Name} has a token {wish.Name} already; end it, or write another name."));
        }

        await call.RecordAsync(audit, AuditActions.MakeToken, FormattableString.Invariant(
            $"{wish.Name}, {asked.Days} d, from {string.Join(' ', wish.From)}")
            + (wish.IsReadOnly ? ", reads only" : ""));
        var (token, secret) = tokens.Make(call.Actor, wish) ?? throw ApiRefusalException.From(new(
            DenyCode.ActionNotAllowed, FormattableString.Invariant(
                $"{call.Actor.Name} has {ApiTokens.MostOfUser} tokens, as many as may be; end one: weir token revoke.")));
        return new(token.Id, secret, call.Actor.RoleWord, token.Expires);
    }

    private async Task<TokenRevoked> RevokeAsync(ApiCall call)
    {
        var id = call.Part("id");
        var token = Theirs(call).FirstOrDefault(one => one.Id == id) ?? throw ApiRefusalException.From(new(
            DenyCode.Unknown, $"{call.Actor.Name} has no token {id}; weir token list lists them."));
        await call.RecordAsync(
            audit, AuditActions.RevokeToken, token.User == call.Actor.Name ? id : $"{id} of {token.User}");
        _ = tokens.Revoke(id);
        return new(id);
    }

    private static TokenWish Read(TokenRequest asked)
    {
        if (asked.Name.Length is 0 or > MaxName
            || asked.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')))
        {
            throw ApiRefusalException.BadRequest(
                "name is no name of a token; write 1 to 64 letters, digits, dots or hyphens");
        }

        if (asked.Days < 1 || asked.Days > (int)ApiTokens.Longest.TotalDays)
        {
            throw ApiRefusalException.BadRequest(FormattableString.Invariant(
                $"days is {asked.Days}; write 1 to {(int)ApiTokens.Longest.TotalDays}"));
        }

        var from = new List<Prefix>();
        foreach (var text in asked.From)
        {
            from.Add(!Prefix.TryParse(text, out var prefix) ? throw ApiRefusalException.BadRequest(
                    $"from has '{text}', which is no network; write such as 192.0.2.0/28 or 2001:db8::7")
                : prefix.WrittenLength == 0
                    ? throw ApiRefusalException.BadRequest(
                        $"from has '{text}', which is everybody; write the networks from which the script asks")
                : prefix);
        }

        return from.Count is > 0 and <= MaxNetworks
            ? new(asked.Name, TimeSpan.FromDays(asked.Days), from, asked.IsReadOnly)
            : throw ApiRefusalException.BadRequest(FormattableString.Invariant(
                $"from names {from.Count} networks; write 1 to {MaxNetworks} from which the script asks"));
    }

    /// <summary>Tokens that the caller may see and end.</summary>
    private IEnumerable<ApiToken> Theirs(ApiCall call) => tokens.All().Where(one =>
        one.User == call.Actor.Name || call.Actor.Role is Role.PrivacyOfficer or Role.Administrator);

    private static TokenSummary Summary(ApiToken token) => new(
        token.Id, token.Name, token.User, Actor.ToName(token.Role), token.From, token.IsReadOnly, token.Made,
        token.Expires);
}
