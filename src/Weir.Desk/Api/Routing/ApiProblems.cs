// SPDX-License-Identifier: Apache-2.0
//
// The closed list of refusals of the people's API: what stands in no row here is never answered. Those of the policy
// engine and of the rails of blocks are named where they are decided; their status is given here.
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Mitigation;

namespace Weir.Desk.Api.Routing;

/// <summary>One kind of refusal.</summary>
/// <param name="Code">Its word, in the answer's <c>code</c> and, behind <c>urn:weir:</c>, its <c>type</c>.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">What it is, the same each time (RFC 9457 3.1.3).</param>
internal sealed record ApiProblemKind(string Code, int Status, string Title);

/// <summary>All of them.</summary>
internal static class ApiProblems
{
    /// <summary>The body, a parameter or a header is not what the route takes.</summary>
    public const string BadRequest = "bad-request";

    public const string NoSuchRoute = "no-such-route";
    public const string WrongMethod = "method-not-allowed";
    public const string WrongMediaType = "unsupported-media-type";
    public const string TooLarge = "too-large";
    public const string TooSlow = "too-slow";

    /// <summary>An Idempotency-Key was sent before with another request.</summary>
    public const string KeyReused = "idempotency-key-reused";

    /// <summary>Nothing can be put on record, so nothing is done.</summary>
    public const string AuditDown = "audit-down";

    public const string StoreDown = "store-down";
    public const string JournalLost = "journal-lost";

    /// <summary>Our own list cannot be written.</summary>
    public const string ListDown = "list-down";

    public const string ChannelDown = "channel-down";

    /// <summary>There is no console to sign in at.</summary>
    public const string ConsoleOff = "console-off";

    /// <summary>What is to be changed was changed since it was read.</summary>
    public const string Changed = "changed-since";

    /// <summary>Over TLS: no token, or none that counts.</summary>
    public const string NoToken = "no-token";

    /// <summary>One address asks too often, or one token holds too many streams.</summary>
    public const string TooMany = "too-many-requests";

    /// <summary>Another process of Weir does not answer.</summary>
    public const string PeerDown = "peer-down";

    /// <summary>Another process of Weir refuses, by its own judgement; its code stands in the sentence.</summary>
    public const string PeerRefused = "peer-refused";

    /// <summary>A fault of this program.</summary>
    public const string Failed = "failed";

    private static readonly Dictionary<string, ApiProblemKind> Kinds = Every().ToDictionary(
        kind => kind.Code, StringComparer.Ordinal);

    /// <summary>In order of status and word.</summary>
    public static IReadOnlyList<ApiProblemKind> All =>
        [.. Kinds.Values.OrderBy(k => k.Status).ThenBy(k => k.Code, StringComparer.Ordinal)];

    /// <summary>The kind of a code.</summary>
    /// <exception cref="ArgumentException">There is none: a fault of this program.</exception>
    public static ApiProblemKind Find(string code) => Kinds.TryGetValue(code, out var kind)
        ? kind
        : throw new ArgumentException($"'{code}' is no refusal of the API; ApiProblems lists them", nameof(code));

    private static IEnumerable<ApiProblemKind> Every() =>
    [
        new(BadRequest, StatusCodes.Status400BadRequest, "The request is not what the route takes"),
        new(NoToken, StatusCodes.Status401Unauthorized, "No token, or none that counts"),
        new(TooMany, StatusCodes.Status429TooManyRequests, "The user or the address asks too often"),
        new(NoSuchRoute, StatusCodes.Status404NotFound, "There is no such route"),
        new(WrongMethod, StatusCodes.Status405MethodNotAllowed, "The route has no such method"),
        new(TooSlow, StatusCodes.Status408RequestTimeout, "The body came too slowly"),
        new(TooLarge, StatusCodes.Status413PayloadTooLarge, "The body is too large"),
        new(WrongMediaType, StatusCodes.Status415UnsupportedMediaType, "The body is no JSON"),
        new(KeyReused, StatusCodes.Status422UnprocessableEntity, "The Idempotency-Key is taken"),
        new(PeerRefused, StatusCodes.Status403Forbidden, "Another process of Weir refuses it"),
        new(PeerDown, StatusCodes.Status503ServiceUnavailable, "Another process of Weir does not answer"),
        new(Failed, StatusCodes.Status500InternalServerError, "A fault of Weir"),
        new(AuditDown, StatusCodes.Status503ServiceUnavailable, "Nothing can be put on record"),
        new(StoreDown, StatusCodes.Status503ServiceUnavailable, "The flow store does not answer"),
        new(JournalLost, StatusCodes.Status503ServiceUnavailable, "Records cannot be written"),
        new(ListDown, StatusCodes.Status503ServiceUnavailable, "Our own list cannot be written"),
        new(ConsoleOff, StatusCodes.Status404NotFound, "There is no console"),
        new(Changed, StatusCodes.Status412PreconditionFailed, "It was changed since it was read"),
        new(ChannelDown, StatusCodes.Status503ServiceUnavailable, "The channel did not take it"),
        .. Enum.GetValues<DenyCode>().Select(code => new ApiProblemKind(
            DenyCodes.ToName(code), StatusOf(code), TitleOf(code))),
        .. Rails().Select(code => new ApiProblemKind(
            code, StatusCodes.Status403Forbidden, "The rails of blocks hold against it")),
    ];

    private static int StatusOf(DenyCode code) => code switch
    {
        DenyCode.Unknown => StatusCodes.Status404NotFound,
        DenyCode.VaultDown => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status403Forbidden,
    };

    private static string TitleOf(DenyCode code) => code switch
    {
        DenyCode.RoleMayNot => "The role may not",
        DenyCode.SecondPersonNeeded => "Two people in different roles are needed",
        DenyCode.Unknown => "It does not exist, or is not yours",
        DenyCode.VaultDown => "The vault does not answer",
        DenyCode.NoTrigger => "No event stands behind the wish to look",
        DenyCode.OutOfScope => "It lies outside the scope",
        _ => "The rules refuse it",
    };

    /// <summary>Those of the rails that are no words of the policy engine too.</summary>
    private static string[] Rails() =>
    [
        MitigationRefusal.NeverBlock, MitigationRefusal.NotOurLine, MitigationRefusal.Collateral,
        MitigationRefusal.NotCounted, MitigationRefusal.TooMany, MitigationRefusal.NotJustified,
        MitigationRefusal.Known, MitigationRefusal.TooLong, MitigationRefusal.NotListed, MitigationRefusal.NoGarden,
        MitigationRefusal.Exempt,
    ];
}
