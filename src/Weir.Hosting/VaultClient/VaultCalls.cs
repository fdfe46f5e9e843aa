// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization.Metadata;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;

namespace Weir.Hosting.VaultClient;

/// <summary>Calls to the vault, which end in what its callers know: an answer, <see cref="VaultDownException"/>,
/// <see cref="VaultRefusedException"/> or, for a key that is no more or not yet, <see cref="EpochKeyException"/>.
/// </summary>
internal static class VaultCalls
{
    /// <summary>For what is answered out of memory and files.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    /// <summary>For a question that waits for news: longer than the vault waits.</summary>
    public static readonly TimeSpan News = TimeSpan.FromSeconds(35);

    /// <summary>For a delivery, whose station takes its time.</summary>
    public static readonly TimeSpan Delivery = TimeSpan.FromSeconds(90);

    /// <summary>For what waits for a NAS or a program of the provider: its patience is at most a minute.</summary>
    public static readonly TimeSpan Enforcement = TimeSpan.FromMinutes(2);

    public static VaultJson Json => VaultJson.Default;

    public static Task<TResponse> AskAsync<TRequest, TResponse>(
        this PeerClient vault, string route, TRequest request, JsonTypeInfo<TRequest> takes,
        JsonTypeInfo<TResponse> gives, (TimeSpan Limit, CancellationToken Cancel) bounds)
        where TResponse : class =>
        PassAsync(() => vault.PostAsync(route, request, takes, gives, bounds.Limit, bounds.Cancel));

    public static async Task<TResponse> ReadAsync<TResponse>(
        this PeerClient vault, string route, JsonTypeInfo<TResponse> gives, CancellationToken cancel)
        where TResponse : class =>
        await PassAsync(() => vault.GetAsync(route, gives, null, Soon, cancel))
        ?? throw new VaultDownException("the vault answered nothing");

    /// <summary>Octets of a key, in memory that does not move.</summary>
    public static Task<byte[]> KeyAsync(
        this PeerClient vault, string route, uint epoch, int octets, CancellationToken cancel) =>
        vault.KeyAsync(route, new Dictionary<string, string> { ["epoch"] = Text(epoch) }, octets, cancel);

    /// <summary>Octets of the key of a window of days, in memory that does not move.</summary>
    public static Task<byte[]> KeyAsync(
        this PeerClient vault, string route, (uint From, uint Until) days, int octets, CancellationToken cancel) =>
        vault.KeyAsync(
            route, new Dictionary<string, string> { ["from"] = Text(days.From), ["until"] = Text(days.Until) }, octets,
            cancel);

    private static string Text(uint number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Task<byte[]> KeyAsync(
        this PeerClient vault, string route, Dictionary<string, string> query, int octets, CancellationToken cancel) =>
        PassAsync(() => vault.GetRawAsync(
            route,
            async (body, stop) =>
            {
                var key = GC.AllocateArray<byte>(octets, pinned: true);
                await body.ReadExactlyAsync(key, stop);
                return key;
            },
            query, Soon, cancel));

    public static async Task<T> PassAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (PeerDownException down)
        {
            throw new VaultDownException($"the vault does not answer: {down.Message}", down);
        }
        catch (PeerRefusedException refused)
        {
            throw Translate(refused);
        }
    }

    private static Exception Translate(PeerRefusedException refused) =>
        refused.Code == VaultCodes.NoEpochKey ? new EpochKeyException(refused.Message)
        : refused.IsPassing || refused.Code == VaultCodes.VaultDown
            ? new VaultDownException($"the vault cannot answer now: {refused.Message}", refused)
        : refused.Code is PeerCodes.Malformed or PeerCodes.TooLarge
            ? new ArgumentException($"the vault did not understand: {refused.Message}", refused)
        : DenyCodes.TryParse(refused.Code, out var code) ? new VaultRefusedException(code, refused.Message)
        : new VaultRefusedException(CodeOf(refused.Code), $"{refused.Code}: {refused.Message}")
        {
            Word = refused.Code,
        };

    /// <summary>The refusal that callers count for one of the vault's own words.</summary>
    private static DenyCode CodeOf(string word) => word switch
    {
        VaultCodes.ScopeOver => DenyCode.Expired,
        VaultCodes.UnknownReporter => DenyCode.NotAuthenticated,
        VaultCodes.UnknownPerson => DenyCode.SecondPersonNeeded,
        _ when word.StartsWith(ApprovalFaults.Prefix, StringComparison.Ordinal) => DenyCode.SecondPersonNeeded,
        VaultCodes.TooManyApprovals => DenyCode.ActionNotAllowed,
        VaultCodes.TimeOutOfBounds or VaultCodes.TooManyComplaints => DenyCode.Unattributable,
        _ => DenyCode.NoTrigger,
    };
}
