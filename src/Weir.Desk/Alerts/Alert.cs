// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;
using Weir.Hosting.Channels;

namespace Weir.Desk.Alerts;

/// <summary>How much an alert matters; the numbers are those of RFC 5424 section 6.2.1.</summary>
public enum Severity : byte
{
    Critical = 2,
    Error = 3,
    Warning = 4,
    Notice = 5,
    Informational = 6,
}

/// <summary>One message to the provider's own people: NOC, abuse desk, their SIEM. Cases and pseudonyms, never an
/// address of a subscriber.</summary>
public sealed record Alert
{
    /// <summary>Unique, and the same when it is sent again.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>What happened: <c>case-opened</c>, <c>case-closed</c>, <c>block-in-force</c>, <c>block-over</c>,
    /// <c>notice-failed</c>, <c>candidate-found</c>, <c>digest</c>.</summary>
    public required string Kind { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>One line for a reader.</summary>
    public required string Text { get; init; }

    /// <summary>Nothing where it is about no case.</summary>
    public CaseId Case { get; init; }

    public ScopeId Scope { get; init; }

    /// <summary>Further words by name, such as <c>rule</c>, <c>endpoint</c>, <c>until</c>.</summary>
    public IReadOnlyDictionary<string, string> Words { get; init; } = new Dictionary<string, string>();
}

/// <summary>A way out for alerts: webhook, syslog, CEF, mail, script. One attempt; who sends tries again.</summary>
public interface IAlertChannel
{
    /// <summary>As configured and as metrics name it.</summary>
    string Name { get; }

    /// <summary>Whether it is to send an alert at all.</summary>
    bool Wants(Alert alert) => true;

    /// <exception cref="ChannelException">It was not taken; the message names the place and the mend.</exception>
    Task SendAsync(Alert alert, CancellationToken cancel);
}
