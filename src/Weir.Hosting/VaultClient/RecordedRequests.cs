// SPDX-License-Identifier: Apache-2.0
//
// A request to the vault stands on the desk's chain before it goes, under the number that the vault's chain will have,
// so that whoever verifies both finds what one of them skipped. A request that was not answered keeps its number while
// the same is asked again, and has one entry: a vault that is away for an hour does not fill the chain.
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Contracts.Clients;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;

namespace Weir.Hosting.VaultClient;

/// <summary>What is asked, as the desk's entry names it.</summary>
/// <param name="Route">The vault's route.</param>
/// <param name="Case">Whose; default for none.</param>
/// <param name="Scope">The scope that allows it; default for none.</param>
internal readonly record struct RecordedRequest(string Route, CaseId Case = default, ScopeId Scope = default)
{
    /// <summary>How long an answer is waited for.</summary>
    public TimeSpan? Limit { get; init; }
}

/// <summary>Records and asks. Safe for any thread.</summary>
internal sealed class RecordedRequests(PeerClient vault, IAuditLog audit)
{
    /// <summary>Most unanswered requests that are remembered; then their numbers are drawn anew.</summary>
    private const int MaxWaiting = 65_536;

    private readonly ConcurrentDictionary<string, string> _waiting = new(StringComparer.Ordinal);

    /// <exception cref="AuditException">It could not be recorded, and did not go.</exception>
    /// <exception cref="VaultDownException">The vault does not answer: the same may be asked again.</exception>
    /// <exception cref="VaultRefusedException">It refuses.</exception>
    public async Task<TResponse> AskAsync<TRequest, TResponse>(
        RecordedRequest request, TRequest ask, Func<TRequest, string, TRequest> under,
        (JsonTypeInfo<TRequest> Takes, JsonTypeInfo<TResponse> Gives) json, CancellationToken cancel)
        where TResponse : class
    {
        var key = $"{request.Route} {Convert.ToHexStringLower(
            SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(ask, json.Takes)))}";
        var number = await NumberAsync(key, request, cancel);
        try
        {
            var answer = await VaultCalls.PassAsync(() => vault.PostAsync(
                request.Route, under(ask, number), json.Takes, json.Gives, request.Limit ?? VaultCalls.Soon, cancel));
            _ = _waiting.TryRemove(key, out _);
            return answer;
        }
        catch (Exception failure) when (failure is VaultRefusedException or ArgumentException)
        {
            _ = _waiting.TryRemove(key, out _);
            throw;
        }
    }

    private async Task<string> NumberAsync(string key, RecordedRequest request, CancellationToken cancel)
    {
        if (_waiting.TryGetValue(key, out var waiting))
        {
            return waiting;
        }

        var number = RequestNumber.Create();
        _ = await audit.AppendAsync(
            new AuditEntry
            {
                Actor = Actor.Weir.Name,
                Role = Actor.Weir.RoleWord,
                Act = AuditActions.AskVault,
                Outcome = AuditActions.Allow,
                Case = request.Case == default ? "" : request.Case.ToString(),
                Scope = request.Scope == default ? "" : request.Scope.ToString(),
                Reason = $"{RequestNumber.Mark(number)} {request.Route}",
            },
            cancel);
        if (_waiting.Count >= MaxWaiting)
        {
            _waiting.Clear();
        }

        _waiting[key] = number;
        return number;
    }
}
