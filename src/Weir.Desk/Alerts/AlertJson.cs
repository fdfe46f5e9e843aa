// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Contracts.Scopes;
using Weir.Hosting.Channels;

namespace Weir.Desk.Alerts;

/// <summary>An alert as JSON, schema <c>weir.alert/1</c>.</summary>
public static class AlertJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Default };

    public static byte[] Write(Alert alert)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, Options))
        {
            json.WriteStartObject();
            json.WriteString("schema", "weir.alert/1");
            json.WriteString("id", alert.Id);
            json.WriteString("at", alert.At.UtcDateTime);
            json.WriteString("kind", alert.Kind);
            json.WriteString("severity", SeverityNames.ToName(alert.Severity));
            json.WriteString("text", alert.Text);
            if (alert.Case.Number != 0)
            {
                json.WriteString("case", alert.Case.ToString());
            }

            if (alert.Scope.Number != 0)
            {
                json.WriteString("scope", alert.Scope.ToString());
            }

            json.WriteStartObject("words");
            foreach (var (name, value) in alert.Words.OrderBy(w => w.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return memory.ToArray();
    }
}

/// <summary>Severities in words.</summary>
public static class SeverityNames
{
    public static string ToName(Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.Error => "error",
        Severity.Warning => "warning",
        Severity.Notice => "notice",
        _ => "informational",
    };
}

/// <summary>Alerts by a webhook or a script.</summary>
/// <param name="name">As configured.</param>
/// <param name="sender">What takes the JSON.</param>
public sealed class MessageChannel(string name, IMessageSender sender) : IAlertChannel, IDisposable
{
    public void Dispose() => (sender as IDisposable)?.Dispose();

    public string Name => name;

    public Task SendAsync(Alert alert, CancellationToken cancel) => sender.SendAsync(AlertJson.Write(alert), cancel);
}
