// SPDX-License-Identifier: Apache-2.0
//
// Alerts as messages of syslog: every field as structured data, then the sentence, or the same as CEF.
using Weir.Contracts.Scopes;
using Weir.Hosting.Channels;

namespace Weir.Desk.Alerts;

/// <summary>Makes messages of alerts.</summary>
public static class SyslogWriter
{
    /// <summary>The message by the rules of a channel.</summary>
    public static SyslogMessage Message(Alert alert, ChannelOptions options) => new(
        (int)alert.Severity, alert.At, alert.Kind,
        options.Form == SyslogFormat.Cef ? CefWriter.Write(alert, options.Version) : SyslogMessage.Line(alert.Text))
    {
        Fields = [.. FieldsOf(alert)],
    };

    private static IEnumerable<(string Name, string Value)> FieldsOf(Alert alert)
    {
        yield return ("id", alert.Id);
        yield return ("kind", alert.Kind);
        yield return ("severity", SeverityNames.ToName(alert.Severity));
        if (alert.Case.Number != 0)
        {
            yield return ("case", alert.Case.ToString());
        }

        if (alert.Scope.Number != 0)
        {
            yield return ("scope", alert.Scope.ToString());
        }

        foreach (var (name, value) in alert.Words.OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            yield return (name, value);
        }
    }
}

/// <summary>Alerts by syslog.</summary>
/// <param name="name">As configured.</param>
/// <param name="options">The collector, and how it wants them.</param>
/// <param name="time">The clock.</param>
public sealed class SyslogChannel(string name, ChannelOptions options, TimeProvider time) : IAlertChannel
{
    private readonly SyslogSender _sender = new(options, time);

    public string Name => name;

    public Task SendAsync(Alert alert, CancellationToken cancel) =>
        _sender.SendAsync(SyslogWriter.Message(alert, options), cancel);
}
