// SPDX-License-Identifier: Apache-2.0
//
// A request stands on the asker's chain before it goes, under the number that the other's chain will have, so that
// whoever verifies both finds what one of them skipped. A request that was not answered keeps its number while the same
// is asked again, and has one entry: a process that is away for an hour does not fill the chain.
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;

namespace Weir.Hosting.Releases;

/// <summary>What is asked, as the asker's entry names it.</summary>
/// <param name="Route">The other's route.</param>
/// <param name="Case">Whose; default for none.</param>
/// <param name="Scope">The scope that allows it; default for none.</param>
internal readonly record struct RecordedRequest(string Route, CaseId Case = default, ScopeId Scope = default)
{
    /// <summary>The person for whom it is asked; empty for none.</summary>
    public string For { get; init; } = "";

    /// <summary>How long an answer is waited for; null = as long as is usual.</summary>
    public TimeSpan? Limit { get; init; }
}

/// <summary>Numbers requests and records them. Safe for any thread.</summary>
/// <param name="audit">The asker's chain.</param>
/// <param name="act"><see cref="AuditActions.AskVault"/> or <see cref="AuditActions.AskStore"/>.</param>
internal sealed class RequestLedger(IAuditLog audit, string act)
{
    /// <summary>Most unanswered requests that are remembered; then their numbers are drawn anew.</summary>
    private const int MaxWaiting = 65_536;

    private readonly ConcurrentDictionary<string, string> _waiting = new(StringComparer.Ordinal);

    /// <summary>Asks under a number that stands on the chain.</summary>
    /// <param name="request">As the entry names it.</param>
    /// <param name="ask">The question, its number empty.</param>
    /// <param name="json">How it is written.</param>
    /// <param name="call">Sends it under the number.</param>
    /// <param name="isFinal">Whether a failure answers the request for good.</param>
    /// <param name="cancel">Gives up before it goes.</param>
    /// <exception cref="AuditException">It could not be recorded, and did not go.</exception>
    public async Task<TResponse> AskAsync<TRequest, TResponse>(
        RecordedRequest request, TRequest ask, JsonTypeInfo<TRequest> json, Func<string, Task<TResponse>> call,
        Func<Exception, bool> isFinal, CancellationToken cancel)
    {
        var key = $"{request.Route} {Convert.ToHexStringLower(
            SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(ask, json)))}";
        var number = await NumberAsync(key, request, cancel);
        try
        {
            var answer = await call(number);
            _ = _waiting.TryRemove(key, out _);
            return answer;
        }
        catch (Exception failure) when (isFinal(failure))
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
                Act = act,
                Outcome = AuditActions.Allow,
                Case = request.Case == default ? "" : request.Case.ToString(),
                Scope = request.Scope == default ? "" : request.Scope.ToString(),
                Reason = request.Route,
                For = request.For,
                Request = number,
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
