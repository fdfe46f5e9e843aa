// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Reflection;
using System.Text;
using Weir.Contracts.Mitigation;
using Weir.Hosting.GoBgp;
using Weir.Wire;

namespace Weir.Hosting.Configuration;

/// <summary>One key as its record describes it.</summary>
internal sealed record Setting(string Key, PropertyInfo Property, SettingAttribute About)
{
    public Type Type => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    public bool IsSection => Schema.IsRecord(Type);

    /// <summary>What a list holds; null when it is none.</summary>
    public Type? Item => Type.IsGenericType && Type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
        ? Type.GetGenericArguments()[0]
        : null;

    public bool IsRecordList => Item is { } item && Schema.IsRecord(item);

    /// <summary>The range as a phrase; empty when there is none.</summary>
    public string Range => About.Min is null ? "" : $"{About.Min} to {About.Max}";
}

/// <summary>The keys of the configuration, taken from the records themselves.</summary>
public static class Schema
{
    private static readonly ConcurrentDictionary<Type, Setting[]> Known = new();

    internal static Setting[] Of(Type record) => Known.GetOrAdd(record, type =>
        [.. from property in type.GetProperties()
            let about = property.GetCustomAttribute<SettingAttribute>()
            where about is not null
            orderby property.DeclaringType == type ? 0 : 1, property.MetadataToken
            select new Setting(about.Key ?? Kebab(property.Name), property, about)]);

    /// <summary>The sections that a section holds, in their order.</summary>
    public static IEnumerable<object> Sections(object record) =>
        Of(record.GetType()).Where(setting => setting.IsSection).Select(setting => setting.Property.GetValue(record)!);

    /// <summary>Every file of secrets that a record names, with the path of its setting.</summary>
    /// <param name="record">The configuration or a section.</param>
    /// <param name="path">Of the section; empty for the configuration.</param>
    internal static IEnumerable<(string Path, string File)> SecretFiles(object record, string path = "")
    {
        foreach (var setting in Of(record.GetType()))
        {
            var (full, value) = (path.Length == 0 ? setting.Key : $"{path}.{setting.Key}", setting.Property.GetValue(record));
            IEnumerable<(string, string)> named =
                value is string { Length: > 0 } file && setting.About.IsSecretFile ? [(full, file)]
                : value is null ? []
                : setting.IsSection ? SecretFiles(value, full)
                : setting.IsRecordList ? ((System.Collections.IEnumerable)value).Cast<object>()
                    .SelectMany((item, i) => SecretFiles(item, $"{full}[{i}]"))
                : [];
            foreach (var one in named)
            {
                yield return one;
            }
        }
    }

    /// <summary>A record is a section, or an item of a list, where a property of it is a setting.</summary>
    internal static bool IsRecord(Type type) => type.IsClass && Of(type).Length > 0;

    /// <summary>What a value is called in the documentation.</summary>
    internal static string Name(Type type) => type switch
    {
        _ when type.IsEnum => string.Join(" \\| ", Enum.GetNames(type).Select(name => $"`{Kebab(name)}`")),
        _ when type == typeof(bool) => "`true` or `false`",
        _ when type == typeof(double) => "number",
        _ when type.IsPrimitive => "integer",
        _ when type == typeof(TimeSpan) => "duration",
        _ when type == typeof(ByteSize) => "size",
        _ when type == typeof(IPEndPoint) => "address:port",
        _ when type == typeof(GoBgpAddress) => "address:port, URL or unix:path",
        _ when type == typeof(Prefix) => "address or network",
        _ when type == typeof(Secret) => "secret",
        _ when type == typeof(Schedule) => "schedule",
        _ when type == typeof(Uri) => "URL",
        _ when type == typeof(ExemptPort) => "protocol/port",
        _ => "text",
    };

    /// <summary><c>Ipv6SubjectLength</c> → <c>ipv6-subject-length</c>.</summary>
    public static string Kebab(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0)
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
