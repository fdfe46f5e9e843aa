// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Runtime.CompilerServices;
using Weir.Wire;

namespace Weir.Tests.House;

/// <summary>The public surface of Weir.Wire is a text file, so that a change of it is a visible
/// line in a diff.</summary>
public class PublicApiTests
{
    private const string Approved = "tests/Weir.Tests/House/PublicApi.txt";

    [Fact]
    public void The_public_surface_of_the_codecs_is_the_approved_one() =>
        GeneratedText.IsFresh(Approved, string.Join('\n', Surface().Order(StringComparer.Ordinal)) + "\n");

    private static IEnumerable<string> Surface()
    {
        foreach (var type in typeof(IpKey).Assembly.GetExportedTypes())
        {
            yield return $"{Kind(type)} {Written(type)}";
            const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance
                | BindingFlags.Static | BindingFlags.DeclaredOnly;
            foreach (var member in type.GetMembers(Declared)
                .Where(m => !m.IsDefined(typeof(CompilerGeneratedAttribute), false)))
            {
                if (Line(member) is { } line)
                {
                    yield return $"{Written(type)}.{line}";
                }
            }
        }
    }

    private static string? Line(MemberInfo member) => member switch
    {
        MethodInfo { IsSpecialName: true } => null,
        MethodInfo m => $"{m.Name}{Generics(m.GetGenericArguments())}({Parameters(m)}) : {Written(m.ReturnType)}",
        ConstructorInfo c => $"new({Parameters(c)})",
        PropertyInfo p => $"{p.Name} : {Written(p.PropertyType)}",
        FieldInfo { IsSpecialName: true } => null,
        FieldInfo { IsLiteral: true } f => $"{f.Name} = {f.GetRawConstantValue()}",
        FieldInfo f => $"{f.Name} : {Written(f.FieldType)}",
        _ => null,
    };

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{Written(p.ParameterType)} {p.Name}"));

    private static string Kind(Type type) =>
        type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : "class";

    private static string Written(Type type)
    {
        if (type.IsByRef)
        {
            return "ref " + Written(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return Written(type.GetElementType()!) + "[]";
        }

        var name = type.IsGenericParameter ? type.Name
            : type.IsNested ? $"{Written(type.DeclaringType!)}.{type.Name}"
            : type.Namespace == "System" ? type.Name
            : $"{type.Namespace}.{type.Name}";
        var tick = name.IndexOf('`');
        return tick < 0 ? name : name[..tick] + Generics(type.GetGenericArguments());
    }

    private static string Generics(Type[] arguments) =>
        arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Written))}>";
}

/// <summary>A file that the program can write itself: compared as it stands, or rewritten where
/// WEIR_WRITE_DOCS is set.</summary>
internal static class GeneratedText
{
    public static void IsFresh(string path, string expected)
    {
        var place = Repository.Absolute(path);
        if (Environment.GetEnvironmentVariable("WEIR_WRITE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.WriteAllText(place, expected);
            return;
        }

        Assert.True(File.Exists(place), $"{path} is missing: run make docs");
        Assert.True(Repository.Read(path) == expected, $"{path} is stale: run make docs and look at the difference");
    }
}
